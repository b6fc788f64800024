import { suggestedChange } from '../../edits/builders.ts';
import { wrapInTransaction } from '../../edits/wrap.ts';
import type { DatabaseFacts, HistoryEntry } from '../../project/facts.ts';
import { objectKey, type Table } from '../../schema/catalog.ts';
import { isMySql } from '../../source/dialect.ts';
import type { DataStatement } from '../../source/sql/ast.ts';
import type { Script } from '../../source/statement.ts';
import { keptSelection } from '../keptSelection.ts';
import { defineRule, placeOf, type RuleContext } from '../rule.ts';
import { everyDialect, relatedAt } from '../support.ts';

const writes = 'UPDATE inventory SET quantity = quantity - 1 WHERE id = $1;\nINSERT INTO orders (id, product_id) VALUES ($2, $1);';

export const multiWriteWithoutTransaction = defineRule({
  id: 'multi-write-without-transaction',
  dialects: everyDialect,
  severity: 'warning',
  concern: 'transaction',
  about: 'run',
  status: 'stable',
  summary: 'Put writes that belong together into one transaction.',
  why: 'Each statement is a transaction of its own here: when a later one fails, the earlier ones stay, and other sessions see the state between them.',
  fix: 'Open a transaction above the first write and commit below the last.',
  fixKind: 'suggestion',
  examples: [
    { dialect: 'postgresql', bad: writes, good: `BEGIN;\n${writes}\nCOMMIT;` },
    { dialect: 'mysql', bad: writes.replace(/\$\d/g, '@id'), good: `START TRANSACTION;\n${writes.replace(/\$\d/g, '@id')}\nCOMMIT;` },
    { dialect: 'sqlite', bad: writes.replace(/\$(\d)/g, '?$1'), good: `BEGIN;\n${writes.replace(/\$(\d)/g, '?$1')}\nCOMMIT;` },
  ],
  references: [
    { title: 'PostgreSQL: Transactions', url: 'https://www.postgresql.org/docs/current/tutorial-transactions.html' },
    { title: 'MySQL: START TRANSACTION, COMMIT, and ROLLBACK', url: 'https://dev.mysql.com/doc/refman/8.4/en/commit.html' },
    { title: 'SQLite: Transaction', url: 'https://www.sqlite.org/lang_transaction.html' },
  ],
  aliases: {},
  check: {
    script(_file, entries, context) {
      // Named queries are called one by one, never as a script.
      if (entries[0]?.role === 'queries') return;
      for (const chain of chainsOf(entries, context.database)) if (!chain.some(({ entry }) => isNamed(entry, context))) reportChain(chain, context);
    },
    migration(step, context) {
      // Whether a runner that was only guessed at opens a transaction is not known.
      if (context.database.runner?.assumed) return;
      for (const chain of chainsOf(step.entries, context.database)) reportChain(chain, context);
    },
  },
});

/** Whether a comment above a statement names it as a query. */
function isNamed({ placed: { file, statement } }: HistoryEntry, { facts }: RuleContext): boolean {
  const script = facts.scripts.get(file);
  const above = script?.text.slice(script.statements[statement.index - 1]?.terminatorEnd ?? 0, statement.start) ?? '';
  return /^[ \t]*(--|\/\*|#)\s*name\s*:/im.test(above);
}

interface Write {
  readonly entry: HistoryEntry;
  readonly node: DataStatement;
}

interface WriteEntry extends Write {
  /** Its place in the script. */
  readonly index: number;
}

/** Neighbouring writes that belong together, two or more, each of which is a transaction of its own. */
function chainsOf(entries: readonly HistoryEntry[], database: DatabaseFacts): WriteEntry[][] {
  const chains: WriteEntry[][] = [];
  let last: WriteEntry | undefined;
  let chain: WriteEntry[] = [];
  for (const write of writesAmong(entries)) {
    if (last && write.index === last.index + 1 && belongTogether(database, last, write)) {
      if (chain.length === 0) chains.push((chain = [last]));
      chain.push(write);
    } else chain = [];
    last = write;
  }
  return chains;
}

const found = keptSelection(asWrite);

/** The writes that are transactions of their own. */
function writesAmong(entries: readonly HistoryEntry[]): WriteEntry[] {
  return found(entries).map(({ index, item }) => ({ ...item, index }));
}

function asWrite(entry: HistoryEntry): Write | undefined {
  const { node } = entry.placed;
  switch (node.kind) {
    case 'insert':
    case 'update':
    case 'delete':
    case 'merge':
      return entry.transaction === 'none' ? { entry, node } : undefined;
    default:
      return undefined;
  }
}

/** Whether two neighbouring writes share a named parameter, or write to tables of which one references the other. */
function belongTogether(database: DatabaseFacts, a: Write, b: Write): boolean {
  const parameters = parametersOf(a.entry);
  if (parameters.length > 0 && parametersOf(b.entry).some((parameter) => parameters.includes(parameter))) return true;
  const [left, right] = [a, b].map(({ node: { table } }) => table && objectKey(database.dialect, table.schema?.name, table.name.name));
  if (left === undefined || right === undefined || left === right) return false;
  const { tables } = b.entry.before;
  return references(database, tables.get(left), right) || references(database, tables.get(right), left);
}

/** Longest statement, in UTF-16 units, that is searched for parameters; longer ones are lists of rows. */
const longest = 30_000;

/** Parameters as written; a bare `?` names nothing that two statements could share. */
function parametersOf({ placed: { statement } }: HistoryEntry): string[] {
  if (statement.text.length > longest || !/[$:@?%]/.test(statement.text)) return [];
  const isVariable = (text: string) => statement.dialect !== 'postgresql' && /^@[\w$.]+$/.test(text);
  return statement.tokens.filter(({ kind, text }) => (kind === 'parameter' && text !== '?') || (kind === 'word' && isVariable(text))).map(({ text }) => text);
}

function references({ dialect }: DatabaseFacts, child: Table | undefined, parentKey: string): boolean {
  return child?.foreignKeys.some(({ references: { schema, table } }) => objectKey(dialect, schema, table) === parentKey) ?? false;
}

function reportChain(chain: readonly WriteEntry[], { facts, database, report }: RuleContext): void {
  const [first, ...others] = chain.map(({ entry }) => entry.placed);
  const last = others.at(-1)!;
  const script = facts.scripts.get(first!.file);
  report({
    at: placeOf(first!, verbOf(first!.statement.text)),
    message: `${chain.length} writes that belong together run without a transaction`,
    related: others.map((placed) => relatedAt(placeOf(placed, verbOf(placed.statement.text)), 'Belongs to the same change')),
    fix: () => {
      if (!script || optedOut(database, chain[0]!.entry) || locksTables(script)) return undefined;
      return suggestedChange('Wrap the writes in a transaction', ...wrapInTransaction(script, first!, last));
    },
  });
}

/** A runner that was told to open no transaction may send each statement over another connection, where BEGIN would be lost. */
function optedOut({ runner }: DatabaseFacts, { migration }: HistoryEntry): boolean {
  return migration !== undefined && (runner?.transaction === 'file' || runner?.transaction === 'run');
}

/** MySQL gives up the locks of LOCK TABLES when a transaction begins, so that one cannot be put around writes that rely on them. */
function locksTables({ dialect, statements }: Script): boolean {
  return isMySql(dialect) && statements.some(({ text }) => /^\s*LOCK\s+TABLES?\b/i.test(text));
}

/** The first line of a statement, which says what it writes. */
function verbOf(text: string): { start: number; end: number } {
  const line = /^[^\r\n]*/.exec(text)![0];
  return { start: 0, end: line.trimEnd().length };
}
