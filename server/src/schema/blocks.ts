import { readStatement } from '../source/sql/read.ts';
import type { OtherStatement, StatementNode } from '../source/sql/ast.ts';
import type { Statement } from '../source/statement.ts';
import { lex } from '../source/lexer.ts';
import { splitScript } from '../source/splitter.ts';
import type { Draft } from './draft.ts';

/** Words that change a schema, or run text that may. */
const schemaWords = /\b(create|alter|drop|execute|rename|perform|call)\b/i;

/** Control flow: what stands inside runs under conditions that are not known here. */
const controlFlow = /\b(if(?!\s+(?:not\s+)?exists\b)|loop|for(?!\s+(?:each|values)\b)|while|foreach|declare|return|execute|perform)\b/i;

/**
 * DO $$ ... $$: a block that only holds statements, perhaps with a handler for what exists already, is applied statement by
 * statement; any other block that may change the schema makes the catalog uncertain.
 */
export function applyBlock(draft: Draft, body: OtherStatement['body']): void {
  if (!body || !schemaWords.test(body.text)) return;
  const inner = statementsOf(draft, body.text);
  if (!inner) return draft.markUncertain();
  const start = draft.start + body.range.start;
  for (const { node, statement, offset } of inner) draft.applyInner(node, statement, start + offset + statement.start);
}

interface InnerStatement {
  readonly node: StatementNode;
  readonly statement: Statement;
  /** Where the text that was split begins in the block. */
  readonly offset: number;
}

function statementsOf(draft: Draft, body: string): InnerStatement[] | undefined {
  const match = /^(\s*begin\b)(.*?)(?:\bexception\s+when\b.*)?\bend\s*;?\s*$/is.exec(withoutComments(draft, body));
  if (!match || controlFlow.test(match[2]!)) return undefined;
  const statements = splitScript(match[2]!, draft.dialect).statements;
  const inner = statements.map((statement) => ({ node: readStatement(statement), statement, offset: match[1]!.length }));
  return inner.some(({ node }) => node.kind === 'unread') ? undefined : inner;
}

/** The text with every comment blanked, so that offsets stay. */
function withoutComments(draft: Draft, text: string): string {
  let result = text;
  for (const { start, end } of lex(text, draft.dialect).comments) result = result.slice(0, start) + ' '.repeat(end - start) + result.slice(end);
  return result;
}
