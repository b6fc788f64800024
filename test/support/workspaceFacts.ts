import type { AppliedSource } from '../../server/src/project/applied.ts';
import { buildFacts, type ProjectInput } from '../../server/src/project/build.ts';
import type { Facts } from '../../server/src/project/facts.ts';

export const nothing: AppliedSource = { kind: 'none' };

/** The facts of a workspace of these files. */
export function build(files: Readonly<Record<string, string>>, options: Partial<ProjectInput> = {}, previous?: Facts): Facts {
  const list = Object.entries(files).map(([name, text]) => ({ path: name, text }));
  return buildFacts({ files: list, applied: nothing, ...options }, previous);
}

/** One line per database: what an eye would check first. */
export function show({ databases }: Facts): string[] {
  return databases.map((one) => {
    const steps = one.steps.map(({ migration }) => `${migration.version}${migration.down ? '-' : ''}${migration.applied ? '!' : ''}`);
    return `${one.name}: ${one.dialect} ${one.runner?.id ?? 'none'} [${steps.join(' ')}] ${[...one.catalog.tables.keys()].join(' ')}`;
  });
}

export const create = (table: string) => `CREATE TABLE ${table} (id integer PRIMARY KEY);\n`;
