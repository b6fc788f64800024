import type { QualifiedName, StatementNode } from '../../../source/sql/ast.ts';
import type { Statement } from '../../../source/statement.ts';

// A server is the user's own, with other databases beside ours: only statements that can reach nothing but tables of the scratch
// database run there.

/** Words by which a definition reaches files, other servers or other tables' rows. */
const reaching: ReadonlySet<string> = new Set(['CONNECTION', 'DIRECTORY', 'TABLESPACE', 'SELECT', 'OUTFILE', 'DUMPFILE', 'INFILE']);

/** Engines that keep their rows in the database itself. */
const ownEngines: ReadonlySet<string> = new Set(['INNODB', 'MYISAM', 'ARIA', 'MEMORY', 'HEAP']);

/** Why a statement does not run on a server; undefined when it may. */
export function outOfScope(node: StatementNode, statement: Statement): string | undefined {
  if (statement.hasHole) return 'it is a template';
  if (!changesTables(node)) return 'only statements that make and change tables run on a server';
  if (namesOf(node).some(({ schema }) => schema !== undefined)) return 'it names another database';
  const { tokens, text } = statement;
  if (text.includes('/*!') || text.includes('/*M!')) return 'it hides text in a comment that only some servers read';
  if (tokens.some((token) => token.kind === 'punctuation' && token.text === '.')) return 'it may name another database';
  const word = tokens.find(({ kind, upper }) => kind === 'word' && reaching.has(upper));
  if (word) return `it says ${word.upper}, which may reach beyond the table`;
  const engine = tokens.findIndex(({ upper }) => upper === 'ENGINE');
  const named = engine < 0 ? undefined : tokens.slice(engine + 1).find(({ kind }) => kind === 'word' || kind === 'quotedIdentifier' || kind === 'string');
  return named && !ownEngines.has(named.value.toUpperCase()) ? `the storage engine ${named.value} may reach beyond the table` : undefined;
}

function changesTables(node: StatementNode): boolean {
  return node.kind === 'alterTable' || node.kind === 'createIndex' || node.kind === 'createTable' || ((node.kind === 'drop' || node.kind === 'rename') && (node.object === 'table' || node.object === 'index'));
}

function namesOf(node: StatementNode): readonly QualifiedName[] {
  switch (node.kind) {
    case 'alterTable':
    case 'createTable':
      return [node.name];
    case 'createIndex':
      return [node.table];
    case 'drop':
      return [...node.names, ...(node.onTable ? [node.onTable] : [])];
    case 'rename':
      return node.pairs.flatMap(({ from, to }) => [from, to]);
    default:
      return [];
  }
}
