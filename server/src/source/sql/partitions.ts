import { isMySql } from '../dialect.ts';
import type { Expression, IndexPart, PartitionBound, PartitionBy, PartitionDefinition, TableOption } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { expressionSince, readExpression } from './expressions.ts';
import { readIndexParts } from './indexParts.ts';
import { readIdentifier } from './names.ts';
import { optionSince, readMySqlOption } from './options.ts';

/** A bound as written and as read. */
export interface BoundClause {
  readonly bound: string;
  readonly rows: PartitionBound;
}

/** Reads which rows a partition of a PostgreSQL table takes: DEFAULT or FOR VALUES ... @throws ReadFailure when neither stands here. */
export function readBound(cursor: Cursor): BoundClause {
  const first = cursor.position;
  const rows = readRows(cursor);
  return { bound: cursor.textSince(first), rows };
}

function readRows(cursor: Cursor): PartitionBound {
  if (cursor.accept('DEFAULT')) return { kind: 'default' };
  cursor.expect('FOR', 'VALUES');
  if (cursor.accept('IN')) return { kind: 'in', values: readExpressions(cursor) };
  if (cursor.accept('WITH')) return readHash(cursor);
  cursor.expect('FROM');
  const from = readExpressions(cursor);
  cursor.expect('TO');
  return { kind: 'range', from, to: readExpressions(cursor) };
}

function readHash(cursor: Cursor): PartitionBound {
  const numbers: Record<string, string> = {};
  cursor.bracketed(() => {
    const word = cursor.next().upper;
    numbers[word] = cursor.next().text;
  });
  const { MODULUS: modulus, REMAINDER: remainder } = numbers;
  if (modulus === undefined || remainder === undefined) cursor.fail('expected MODULUS and REMAINDER');
  return { kind: 'hash', modulus, remainder };
}

function readExpressions(cursor: Cursor): Expression[] {
  return cursor.bracketed(() => readExpression(cursor));
}

/** Reads PARTITION BY, in MySQL with its partitions. */
export function readPartitionBy(cursor: Cursor): PartitionBy {
  return readScheme(cursor, 'PARTITION');
}

function readScheme(cursor: Cursor, word: 'PARTITION' | 'SUBPARTITION'): PartitionBy {
  const first = cursor.position;
  cursor.expect(word, 'BY');
  const strategy = readStrategy(cursor);
  const algorithm = readAlgorithm(cursor);
  const columns = readColumns(cursor);
  const rest = isMySql(cursor.dialect) ? readMySqlScheme(cursor, word) : {};
  const range = cursor.rangeSince(first);
  return { strategy, text: cursor.slice(range), columns, ...(algorithm !== undefined && { algorithm }), ...rest, range };
}

function readStrategy(cursor: Cursor): string {
  const linear = isMySql(cursor.dialect) && cursor.accept('LINEAR') ? 'linear ' : '';
  const word = cursor.next().value.toLowerCase();
  return linear + (isMySql(cursor.dialect) && cursor.accept('COLUMNS') ? `${word} columns` : word);
}

function readAlgorithm(cursor: Cursor): string | undefined {
  if (!isMySql(cursor.dialect) || !cursor.accept('ALGORITHM')) return undefined;
  cursor.acceptMark('=');
  return cursor.next().text;
}

function readColumns(cursor: Cursor): readonly IndexPart[] {
  if (!cursor.atMark('(') || atDefinitions(cursor)) return [];
  // MySQL's KEY () takes the primary key.
  if (!cursor.atMark(')', 1)) return readIndexParts(cursor);
  cursor.skipItem();
  return [];
}

function atDefinitions(cursor: Cursor): boolean {
  const upper = cursor.atMark('(') ? cursor.peek(1)?.upper : undefined;
  return upper === 'PARTITION' || upper === 'SUBPARTITION';
}

type MySqlScheme = Pick<PartitionBy, 'limits' | 'count' | 'subpartitionBy' | 'partitions'>;

function readMySqlScheme(cursor: Cursor, word: 'PARTITION' | 'SUBPARTITION'): MySqlScheme {
  const limits = readLimits(cursor);
  const count = cursor.accept(`${word}S`) ? cursor.next().text : undefined;
  if (word === 'SUBPARTITION') return { ...(count !== undefined && { count }) };
  const subpartitionBy = cursor.at('SUBPARTITION', 'BY') ? readScheme(cursor, 'SUBPARTITION') : undefined;
  const partitions = atDefinitions(cursor) ? readPartitionDefinitions(cursor) : undefined;
  return { ...limits, ...(count !== undefined && { count }), ...(subpartitionBy && { subpartitionBy }), ...(partitions && { partitions }) };
}

const limitWords: ReadonlySet<string> = new Set(['INTERVAL', 'LIMIT']);

/** What MariaDB takes behind BY SYSTEM_TIME. */
function readLimits(cursor: Cursor): Pick<PartitionBy, 'limits'> {
  if (!cursor.atAny(limitWords)) return {};
  const first = cursor.position;
  while (!cursor.done && !cursor.at('PARTITIONS') && !atDefinitions(cursor)) cursor.skipItem();
  return { limits: expressionSince(cursor, first) };
}

/** Reads MySQL's bracketed list of partitions or subpartitions. */
export function readPartitionDefinitions(cursor: Cursor): PartitionDefinition[] {
  return cursor.bracketed(() => readDefinition(cursor));
}

function readDefinition(cursor: Cursor): PartitionDefinition {
  const first = cursor.position;
  if (!cursor.acceptFirst('PARTITION', 'SUBPARTITION')) cursor.fail('expected a partition');
  const name = readIdentifier(cursor);
  const values = readValues(cursor);
  const options: TableOption[] = [];
  while (!cursor.atElementEnd && !cursor.atMark('(')) options.push(readDefinitionOption(cursor));
  const subpartitions = cursor.atMark('(') ? readPartitionDefinitions(cursor) : undefined;
  return { name, ...(values && { values }), options, ...(subpartitions && { subpartitions }), text: cursor.textSince(first) };
}

const alone = { HISTORY: { kind: 'history' }, CURRENT: { kind: 'current' }, DEFAULT: { kind: 'default' } } as const;

function readValues(cursor: Cursor): PartitionDefinition['values'] {
  const word = cursor.acceptFirst('HISTORY', 'CURRENT', 'DEFAULT');
  if (word) return alone[word as keyof typeof alone];
  if (!cursor.accept('VALUES')) return undefined;
  if (cursor.accept('IN')) return { kind: 'in', values: readExpressions(cursor) };
  cursor.expect('LESS', 'THAN');
  return cursor.accept('MAXVALUE') ? { kind: 'maxvalue' } : { kind: 'lessThan', values: readExpressions(cursor) };
}

function readDefinitionOption(cursor: Cursor): TableOption {
  cursor.accept('STORAGE');
  const first = cursor.position;
  if (!cursor.accept('NODEGROUP')) return readMySqlOption(cursor) ?? cursor.fail('expected an option of a partition');
  cursor.acceptMark('=');
  const at = cursor.position;
  cursor.next();
  return optionSince(cursor, 'NODEGROUP', first, at);
}
