import { contextOf, type MappedModel, type PrismaContext } from '../../schema/prisma/context.ts';
import { renderName } from '../../schema/quote.ts';
import type { ClientCall } from '../../source/code/read.ts';
import type { CodeValue } from '../../source/code/values.ts';
import type { Dialect } from '../../source/dialect.ts';
import { readQueryText } from '../../source/query/read.ts';
import type { PrismaFacts, WorkloadQuery } from '../facts.ts';
import { ConditionWriter, entryOf } from './conditions.ts';

/** A call of Prisma Client in its file. */
export interface PlacedCall {
  readonly file: string;
  readonly call: ClientCall;
}

/** The property of the client by which a model is called. */
export function clientProperty(model: string): string {
  return model.slice(0, 1).toLowerCase() + model.slice(1);
}

/** The queries of calls, under the schema that the client is made of. A call that is not decided is left out. */
export function clientQueries(calls: readonly PlacedCall[], prisma: PrismaFacts, dialect: Dialect): WorkloadQuery[] {
  if (calls.length === 0) return [];
  const context = contextOf(dialect, prisma.files.flatMap(({ path, document }) => document.blocks.map((block) => ({ path, block }))));
  const models = new Map([...context.models].map(([name, mapped]) => [clientProperty(name), mapped]));
  return calls.flatMap(({ file, call }) => {
    const mapped = models.get(call.model);
    const text = mapped?.model.kind === 'model' ? clientSql(call, mapped, context) : undefined;
    const read = text === undefined ? undefined : readQueryText(text, dialect);
    if (!read || 'unread' in read) return [];
    return [{ name: `${call.model}.${call.method}`, file, offset: call.range.start, range: call.range, text: text!, query: read.query, source: 'prisma-client' as const }];
  });
}

/**
 * The statement that a call comes to, as far as it matters which rows it looks for and in which order; undefined when that is not
 * decided by what is written.
 */
export function clientSql({ method, argument }: ClientCall, mapped: MappedModel, context: PrismaContext): string | undefined {
  const writer = new ConditionWriter(context, mapped);
  const where = entryOf(argument, 'where');
  const conditions = argument.open || !where ? undefined : writer.where(where);
  if (!conditions) return undefined;
  const from = `FROM ${renderName(context.dialect, mapped.schema, mapped.table)} WHERE ${conditions}`;
  if (method === 'deleteMany') return `DELETE ${from}`;
  if (method !== 'findMany' && !method.startsWith('findFirst')) return `SELECT count(*) ${from}`;
  const order = orderOf(entryOf(argument, 'orderBy'), writer);
  if (order === undefined) return undefined;
  const limit = method === 'findMany' ? limitOf(entryOf(argument, 'take'), writer) : ' LIMIT 1';
  return `SELECT * ${from}${order}${limit}`;
}

/** ORDER BY; empty without one, undefined when it sorts by something else than columns in a written order. */
function orderOf(value: CodeValue | undefined, writer: ConditionWriter): string | undefined {
  if (!value) return '';
  const items = value.kind === 'array' && !value.open ? value.items : [value];
  const terms = items.flatMap((item) => (item.kind === 'object' && !item.open ? item.entries.map(({ key, value: direction }) => termOf(writer.column(key), direction)) : [undefined]));
  if (terms.includes(undefined)) return undefined;
  return terms.length === 0 ? '' : ` ORDER BY ${terms.join(', ')}`;
}

function termOf(column: string | undefined, value: CodeValue): string | undefined {
  const direction = value.kind === 'object' && !value.open ? entryOf(value, 'sort') : value;
  const nulls = value.kind === 'object' ? entryOf(value, 'nulls') : undefined;
  if (column === undefined || direction?.kind !== 'text' || (nulls && nulls.kind !== 'text')) return undefined;
  return `${column} ${direction.text === 'desc' ? 'DESC' : 'ASC'}${nulls?.kind === 'text' ? ` NULLS ${nulls.text.toUpperCase()}` : ''}`;
}

function limitOf(value: CodeValue | undefined, writer: ConditionWriter): string {
  if (!value) return '';
  return ` LIMIT ${value.kind === 'number' ? value.text : writer.parameter()}`;
}
