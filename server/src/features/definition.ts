import type { Facts } from '../project/facts.ts';
import type { Place } from '../rules/rule.ts';
import { subjectAt } from './subject.ts';

/** Where the table or column at an offset was made, and the text that names it. */
export interface Definition {
  readonly range: Place['range'];
  readonly target: Place;
}

/** Finds the CREATE TABLE, or the definition of the column, for the name at `offset`. */
export function definitionAt(facts: Facts, file: string, offset: number): Definition | undefined {
  const subject = subjectAt(facts, file, offset);
  if (!subject || (!subject.column && subject.table.knowledge === 'unknown')) return undefined;
  const { file: where, range } = (subject.column ?? subject.table).origin;
  return { range: subject.range, target: { file: where, range } };
}
