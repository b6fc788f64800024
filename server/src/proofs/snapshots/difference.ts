import type { SchemaFact, Snapshot } from './schemaFacts.ts';

/** What differs between two schemas, in words. */
export interface SnapshotDifference {
  /** One sentence each, without the order of columns. */
  readonly schema: readonly string[];
  /** Tables whose columns stand in another order, one sentence each. */
  readonly order: readonly string[];
}

const orderKind = 'column order';

/**
 * Says what is missing, left over or changed in `after` when it should be as `before`. What goes with a table that is itself missing
 * or left over is not told apart.
 */
export function difference(before: Snapshot, after: Snapshot): SnapshotDifference {
  const gone = standing(before, after);
  const extra = standing(after, before);
  const schema: string[] = [];
  const order: string[] = [];
  for (const [key, fact] of before) {
    const now = after.get(key);
    if (fact.kind === orderKind) order.push(...changedOrder(fact, now));
    else if (now === undefined) {
      if (fact.owner === undefined || !gone.has(fact.owner)) schema.push(`${titleOf(fact)} is missing${definitionOf(fact)}`);
    } else schema.push(...changes(fact, now));
  }
  for (const [key, fact] of after) {
    if (fact.kind === orderKind || before.has(key) || (fact.owner !== undefined && extra.has(fact.owner))) continue;
    schema.push(`${titleOf(fact)} is left over${definitionOf(fact)}`);
  }
  return { schema, order };
}

/** Names of what stands by itself on one side only. */
function standing(here: Snapshot, there: Snapshot): ReadonlySet<string> {
  return new Set([...here].flatMap(([key, { owner, name }]) => (owner === undefined && !there.has(key) ? [name] : [])));
}

function titleOf({ kind, name }: SchemaFact): string {
  return `${kind} ${name}`;
}

const defined: ReadonlySet<string> = new Set(['column', 'foreign key', 'unique constraint', 'check', 'exclusion constraint', 'constraint', 'primary key', 'index']);

/** What it was, where one phrase says it. */
function definitionOf({ kind, phrases }: SchemaFact): string {
  const text = phrases[0] ?? '';
  return defined.has(kind) && text.length <= 160 && !text.includes('\n') ? ` (${readable(text)})` : '';
}

function changes(before: SchemaFact, after: SchemaFact): string[] {
  const changed = before.phrases.flatMap((phrase, i) => (phrase === after.phrases[i] ? [] : [wasAndIs(phrase, after.phrases[i] ?? '')]));
  return changed.length === 0 ? [] : [`${titleOf(before)}: ${changed.join('; ')}`];
}

function wasAndIs(before: string, after: string): string {
  if (!before.includes('\n') && !after.includes('\n')) return `was ${readable(before) || 'nothing'}, is ${readable(after) || 'nothing'}`;
  const [old, now] = [before.split('\n'), after.split('\n')];
  const at = old.findIndex((line, i) => line !== now[i]);
  const line = (text: string | undefined) => (text === undefined || text.trim() === '' ? 'empty' : `\`${text.trim().slice(0, 120)}\``);
  return at < 0 ? `has ${now.length - old.length} more lines` : `line ${at + 1} of its text was ${line(old[at])}, is ${line(now[at])}`;
}

function readable(text: string): string {
  return text.replaceAll(/\bpublic\./gu, '').replaceAll(/\s+/gu, ' ').trim();
}

/** The order of the columns that both have; which of them are missing is told elsewhere. */
function changedOrder(before: SchemaFact, after: SchemaFact | undefined): string[] {
  if (after === undefined) return [];
  const [old, now] = [before.phrases[0]!.split(', '), after.phrases[0]!.split(', ')];
  const both = old.filter((name) => now.includes(name));
  const moved = now.filter((name) => old.includes(name)).some((name, i) => name !== both[i]);
  return moved ? [`the columns of ${before.name} stood in the order ${both.join(', ')}, and stand in the order ${now.filter((name) => old.includes(name)).join(', ')}`] : [];
}
