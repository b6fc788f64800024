import { isMySql, type Dialect } from '../dialect.ts';

/** What is known of the statement that is open when a line begins with a word that could begin another one. */
export interface OpenStatement {
  readonly dialect: Dialect;
  /** Its first words, upper case. */
  readonly head: readonly string[];
  /** Its last token: an upper-case word, a punctuation mark, or empty for anything else. */
  readonly last: string;
  readonly parentheses: number;
  /** Whether a semicolon would stand inside its body here. */
  readonly insideBody: boolean;
  /** Whether its body may hold statements: a trigger, routine or event, or PostgreSQL's CREATE RULE. */
  readonly body: 'none' | 'routine' | 'rule';
  readonly sawWith: boolean;
  readonly sawAs: boolean;
  readonly sawValues: boolean;
}

const objects =
  'AGGREGATE|DATABASE|DOMAIN|EXTENSION|FUNCTION|INDEX|MATERIALIZED|POLICY|PROCEDURE|ROLE|SCHEMA|SEQUENCE|TABLE|TRIGGER|TYPE|USER|VIEW';
const createObjects = `${objects}|CONSTRAINT|EVENT|OR|TEMP|TEMPORARY|UNIQUE|UNLOGGED|VIRTUAL`;
/** A name, bare or quoted, with its schema. */
const name = '[\\w$."`\\[\\]]+';
/** What a name may begin with, template holes included. */
const nameStart = '["`\\[\\w{$:]';

const definition = new RegExp(`(?:CREATE\\s+(?:${createObjects})|(?:DROP|ALTER)\\s+(?:${objects}))\\s+${nameStart}`, 'iy');
/** `ALTER TABLE t` may go on with `DROP type`, `ALTER role SET NOT NULL`, `DROP INDEX i`: only this is another one. */
const definitionAfterAlter = new RegExp(
  `(?:CREATE\\s+(?:${createObjects})\\s+${nameStart}|(?:DROP|ALTER)\\s+TABLE\\s+${nameStart}|ALTER\\s+(?:DATABASE|DOMAIN|FUNCTION|ROLE|SCHEMA|SEQUENCE|TYPE|USER|VIEW)\\s+(?!(?:TYPE|SET|DROP|ADD|RESTART|RESET)\\b)${nameStart})`,
  'iy',
);
const routine = /CREATE\s+(?:OR\s+REPLACE\s+)?(?:DEFINER\s*=\s*\S+\s+)?(?:PROCEDURE|FUNCTION|TRIGGER|EVENT)\s/iy;
const write = new RegExp(
  `(?:(?:INSERT|REPLACE)\\s+(?:OR\\s+\\w+\\s+)?(?:IGNORE\\s+)?INTO\\s+${nameStart}|DELETE\\s+FROM\\s+${nameStart}|TRUNCATE\\s+TABLE\\s|UPDATE\\s+(?:ONLY\\s+)?${name}\\s+(?:(?:AS\\s+)?(?!SET\\b)\\w+\\s+)?SET\\s)`,
  'iy',
);
const query = new RegExp(`(?:SELECT\\s|WITH\\s+(?:RECURSIVE\\s+)?${name}\\s*(?:\\([^()]{0,500}\\)\\s*)?AS\\s*(?:(?:NOT\\s+)?MATERIALIZED\\s*)?\\()`, 'iy');
const control =
  /(?:(?:BEGIN|COMMIT|ROLLBACK)(?:\s+(?:TRANSACTION|WORK))?\s*;|START\s+TRANSACTION\b|COMMENT\s+ON\s+[A-Z]+\s|(?:GRANT|REVOKE)\s+[\w\s,]{1,200}?\sON\s|PRAGMA\s+\w+\s*[=(;])/iy;

/**
 * Whether a new statement surely begins at `offset`, a word at the start of a line, although the open one has no
 * terminator. Only what could not continue the open statement in any of the three grammars counts.
 */
export function beginsStatement(text: string, offset: number, open: OpenStatement): boolean {
  if (open.insideBody || open.body !== 'none') return beginsAfterBody(text, offset, open);
  const [first = '', second = ''] = open.head;
  if (takesDefinitions(first, second)) return false;
  if (startsWith(text, offset, first === 'ALTER' ? definitionAfterAlter : definition)) return true;
  if (!isComplete(open)) return false;
  if (startsWith(text, offset, write)) return mayPrecedeWrite(open);
  if (open.parentheses === 0 && startsWith(text, offset, control)) return open.last !== ',';
  return mayPrecedeQuery(open) && startsWith(text, offset, query);
}

function startsWith(text: string, offset: number, pattern: RegExp): boolean {
  pattern.lastIndex = offset;
  return pattern.test(text);
}

/** Bodies hold writes and queries; a definition tells that the END is missing, but MySQL's may define tables too. */
function beginsAfterBody(text: string, offset: number, open: OpenStatement): boolean {
  if (isMySql(open.dialect)) return startsWith(text, offset, routine);
  const isQuoted = open.dialect === 'postgresql' && open.body === 'routine' && !open.insideBody;
  return startsWith(text, offset, definition) || (isQuoted && open.head.length > 3 && startsWith(text, offset, write));
}

/** Whether CREATE, ALTER or DROP may stand inside such a statement: EXPLAIN CREATE TABLE AS, GRANT CREATE ... */
function takesDefinitions(first: string, second: string): boolean {
  if (first === 'ALTER') return /^(?:DEFAULT|EXTENSION|PUBLICATION|SERVER)$/.test(second);
  if (first === 'CREATE') return second === 'SCHEMA';
  return /^(?:ANALYZE|DESC|DESCRIBE|EXECUTE|EXPLAIN|GRANT|PREPARE|REVOKE)$/.test(first);
}

/** Kinds of CREATE that no query or write can continue. */
const plainObjects = /^(?:DATABASE|DOMAIN|EXTENSION|INDEX|ROLE|SEQUENCE|TABLE|TYPE|USER)$/;
const plainStatements =
  /^(?:ALTER|BEGIN|COMMENT|COMMIT|DELETE|DROP|PRAGMA|REFRESH|ROLLBACK|SELECT|SET|START|TRUNCATE|UPDATE|VACUUM)$/;

/** Whether the open statement is of a kind that a write, standing alone on a line, cannot belong to. */
function isComplete(open: OpenStatement): boolean {
  const [first = '', second = ''] = open.head;
  if (first === 'CREATE') {
    const object = open.head.slice(1, 5).find((word) => plainObjects.test(word) || /^(?:VIEW|POLICY)$/.test(word));
    return object !== undefined && plainObjects.test(object) && open.last !== 'AS';
  }
  if (first === 'ALTER') return plainObjects.test(second);
  if (first === 'INSERT' || first === 'REPLACE') return open.sawValues;
  return plainStatements.test(first);
}

function mayPrecedeWrite({ head, parentheses, sawWith }: OpenStatement): boolean {
  return parentheses === 0 || !sawWith || head[0] === 'CREATE' || head[0] === 'ALTER';
}

const beforeQuery = /^(?:UNION|ALL|DISTINCT|EXCEPT|INTERSECT|MINUS|AS|IN|ANY|SOME|EXISTS|FOR|INTO|[(,=])$/;

function mayPrecedeQuery({ dialect, head, last, parentheses, sawAs }: OpenStatement): boolean {
  if (beforeQuery.test(last)) return false;
  const isCreate = head[0] === 'CREATE';
  if (parentheses > 0) return isCreate && !sawAs && !isMySql(dialect);
  // MySQL fills a new table from a query that follows without AS.
  return !(isMySql(dialect) && isCreate && head[1] !== 'INDEX');
}
