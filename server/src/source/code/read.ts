import type { TextRange } from '../../text/range.ts';
import { codeTokens, type CodeToken } from './tokens.ts';
import { ValueReader, type CodeValue } from './values.ts';

/** Methods of Prisma Client that look for rows by conditions. Those that take a unique key are not among them: they have an index. */
export type ClientMethod = 'findMany' | 'findFirst' | 'findFirstOrThrow' | 'count' | 'aggregate' | 'groupBy' | 'deleteMany';

/** A call like `prisma.order.findMany({ where: ... })`. Ranges are offsets of the file. */
export interface ClientCall {
  /** The property of the client: the model's name with a small first letter. */
  readonly model: string;
  readonly method: ClientMethod;
  /** The entries of its argument, an object that is written out. */
  readonly argument: Extract<CodeValue, { kind: 'object' }>;
  /** The model and the method. */
  readonly range: TextRange;
}

const methods: ReadonlySet<string> = new Set<ClientMethod>(['findMany', 'findFirst', 'findFirstOrThrow', 'count', 'aggregate', 'groupBy', 'deleteMany']);
const called = /\.\s*(?:findMany|findFirst|findFirstOrThrow|count|aggregate|groupBy|deleteMany)\s*\(\s*\{/;

/**
 * The calls of Prisma Client in a TypeScript or JavaScript file whose argument is written out with a `where`. Whether the model is one
 * is not known here.
 */
export function readClientCalls(text: string): ClientCall[] {
  if (!called.test(text) || !text.includes('where')) return [];
  const tokens = codeTokens(text);
  return tokens.flatMap((_token, at) => callAt(tokens, at) ?? []);
}

/** The call whose method stands at an index. */
function callAt(tokens: readonly CodeToken[], at: number): ClientCall | undefined {
  const method = tokens[at]!;
  if (method.kind !== 'word' || !methods.has(method.value) || at < 4) return undefined;
  const model = tokens[at - 2]!;
  if (model.kind !== 'word' || !isMark(tokens[at - 1], '.') || !isMark(tokens[at - 3], '.', '?.')) return undefined;
  if (!isMark(tokens[at + 1], '(') || !isMark(tokens[at + 2], '{')) return undefined;
  const reader = new ValueReader(tokens, at + 2);
  const argument = reader.value();
  const end = isMark(tokens[reader.at], ',') ? reader.at + 1 : reader.at;
  if (argument.kind !== 'object' || !isMark(tokens[end], ')') || !argument.entries.some(({ key }) => key === 'where')) return undefined;
  return { model: model.value, method: method.value as ClientMethod, argument, range: { start: model.start, end: method.end } };
}

function isMark(token: CodeToken | undefined, ...values: readonly string[]): boolean {
  return token?.kind === 'mark' && values.includes(token.value);
}
