import { lex } from '../../source/lexer.ts';
import { readStatement } from '../../source/sql/read.ts';
import type { OtherStatement } from '../../source/sql/ast.ts';
import { isMySql } from '../../source/dialect.ts';
import { splitScript } from '../../source/splitter.ts';
import type { Token } from '../../source/token.ts';
import { applyGuarded, applyRoutine } from './blocks.ts';
import type { Routine } from '../catalog.ts';
import type { Draft } from './draft.ts';
import { splitAtCommas } from '../routines.ts';

/** Text that a procedure prepares and that changes the schema. */
const preparedText = /^\s*(?:alter|create|drop|rename)\b/i;

/** CALL p(...): what a procedure that the history made does; of any other it is not known. */
export function applyCall(draft: Draft, node: OtherStatement): void {
  const name = node.target?.name.name;
  const called = name === undefined ? [] : draft.routinesCalled(name);
  if (called.length !== 1) return draft.markUncertain('a procedure is called that the history does not make');
  if (isMySql(draft.dialect)) applyPrepared(draft, node, called[0]!);
  else applyRoutine(draft, called[0]!);
}

/**
 * A MySQL procedure that puts statements together with CONCAT from its arguments and prepares them: the usual way to drop
 * or add what may be there already.
 */
function applyPrepared(draft: Draft, node: OtherStatement, routine: Routine): void {
  const { tokens } = lex(routine.text, draft.dialect);
  const values = argumentValues(draft, node, routine);
  const guard = tokens.some((token, i) => token.upper === 'NOT' && tokens[i + 1]?.upper === 'EXISTS') ? 'absent' : 'present';
  const texts = tokens.flatMap((token, i) => (token.upper === 'CONCAT' ? [concatenated(tokens, i + 1, values)] : []));
  if (texts.length === 0 || texts.includes(undefined)) return draft.markUncertain('a procedure is called whose statements are put together at run time');
  draft.pinned = draft.origin({ start: 0, end: node.text.length });
  for (const text of texts as string[]) {
    if (!preparedText.test(text)) continue;
    for (const statement of splitScript(text, draft.dialect).statements) applyGuarded(draft, readStatement(statement), statement, draft.offset, guard);
  }
  draft.pinned = undefined;
}

/** The arguments of the call by the names of the procedure's parameters. */
function argumentValues(draft: Draft, node: OtherStatement, routine: Routine): Map<string, string> {
  const listOf = (tokens: readonly Token[]) => splitAtCommas(tokens.slice(tokens.findIndex((token) => token.text === '(') + 1, -1));
  const parameters = listOf(lex(routine.argumentsText, draft.dialect).tokens);
  const given = listOf(lex(node.text, draft.dialect).tokens);
  return new Map(parameters.map((parameter, i) => [parameterName(parameter).toLowerCase(), given[i]?.[0]?.value ?? '']));
}

function parameterName(parameter: readonly Token[]): string {
  const hasMode = /^(?:IN|OUT|INOUT)$/.test(parameter[0]?.upper ?? '');
  return parameter[hasMode ? 1 : 0]?.value ?? '';
}

/** The value of CONCAT whose bracket opens at `open`; undefined when a part is neither a literal nor a parameter. */
function concatenated(tokens: readonly Token[], open: number, values: ReadonlyMap<string, string>): string | undefined {
  let text = '';
  for (let i = open + 1; i < tokens.length; i++) {
    const token = tokens[i]!;
    if (token.text === ')') return text;
    if (token.text === ',') continue;
    const part = token.kind === 'string' ? token.value : values.get(token.value.toLowerCase());
    if (part === undefined) return undefined;
    text += part;
  }
  return undefined;
}
