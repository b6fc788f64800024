import { unitAt } from '../lexer/characters.ts';
import { mayBeginStatement } from './marks.ts';
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
  /** Whether an INSERT has its SELECT. */
  readonly sawSource: boolean;
  /** Whether a routine has its body, as a literal. */
  readonly sawBody: boolean;
  /** The first of SELECT, INSERT, UPDATE, DELETE and MERGE outside parentheses; empty before it. */
  readonly mainVerb: string;
}

/** How much of what begins at a line is looked at, UTF-16 units. */
const LONGEST_BEGINNING = 1500;

const objects =
  'AGGREGATE|DATABASE|DOMAIN|EXTENSION|FOREIGN\\s+TABLE|FUNCTION|INDEX|MATERIALIZED|POLICY|PROCEDURE|ROLE|SCHEMA|SEQUENCE|TABLE|TRIGGER|TYPE|USER|VIEW';
const createObjects = `${objects}|CONSTRAINT|EVENT|FULLTEXT|OR|SPATIAL|TEMP|TEMPORARY|UNIQUE|UNLOGGED|VIRTUAL`;
/** A name, bare or quoted, with its schema. */
const name = '[\\w$."`\\[\\]]+';
/** The same, or with template holes and psql variables. */
const target = '(?:\\{\\{[^{}]{1,80}\\}\\}|[\\w$."`\\[\\]:])+';
/** What a name may begin with, template holes included. */
const nameStart = '["`\\[\\w{$:]';

const defaults = 'ALTER\\s+DEFAULT\\s+PRIVILEGES\\s';
const definition = new RegExp(`(?:(?:CREATE\\s+(?:${createObjects})|(?:DROP|ALTER)\\s+(?:${objects}))\\s+${nameStart}|${defaults})`, 'iy');
const laterAction = '(?!(?:TYPE|SET|DROP|ADD|RESTART|RESET|CASCADE|RESTRICT)\\b)';
/** `ALTER TABLE t` may go on with `DROP type`, `ALTER role SET NOT NULL`: only what cannot be one of its actions counts. */
const definitionAfterAlter = new RegExp(
  `(?:(?:CREATE\\s+(?:${createObjects})|(?:DROP|ALTER)\\s+(?:${objects}))\\s+${laterAction}${nameStart}|${defaults})`,
  'iy',
);
/** MySQL's has actions upon indexes besides, which name no table. */
const definitionAfterMySqlAlter = new RegExp(
  `(?:(?:CREATE\\s+(?:${createObjects})|(?:DROP|ALTER)\\s+(?:${objects.replace('INDEX|', '')}))\\s+${laterAction}${nameStart}|DROP\\s+INDEX\\s+${name}\\s+ON\\s)`,
  'iy',
);
const routine = /CREATE\s+(?:OR\s+REPLACE\s+)?(?:DEFINER\s*=\s*\S+\s+)?(?:PROCEDURE|FUNCTION|TRIGGER|EVENT)\s/iy;
const write = new RegExp(
  `(?:DO\\s+(?:LANGUAGE\\s+'?\\w+'?\\s+)?\\$\\w*\\$|(?:INSERT|REPLACE)\\s+(?:OR\\s+\\w+\\s+)?(?:IGNORE\\s+)?INTO\\s+${nameStart}|DELETE\\s+FROM\\s+${nameStart}|TRUNCATE\\s+(?:TABLE\\s|(?!PARTITION\\b)${name}\\s*(?:;|RESTART\\b|CASCADE\\b))|UPDATE\\s+(?:ONLY\\s+)?${target}\\s+(?:(?:AS\\s+)?(?!SET\\b)\\w+\\s+)?(?:SET|(?:(?:INNER|LEFT|RIGHT|CROSS)\\s+)?JOIN)\\s)`,
  'iy',
);
const query = new RegExp(`(?:SELECT\\s|WITH\\s+(?:RECURSIVE\\s+)?${name}\\s*(?:\\([^()]{0,500}\\)\\s*)?AS\\s*(?:(?:NOT\\s+)?MATERIALIZED\\s*)?\\()`, 'iy');
const control =
  /(?:ANALYZE\s+(?:TABLE\s+)?[\w$."`]+\s*;|(?:BEGIN|COMMIT|ROLLBACK)(?:\s+(?:TRANSACTION|WORK))?\s*;|START\s+TRANSACTION\b|COMMENT\s+ON\s+[A-Z]+\s|(?:GRANT|REVOKE)\s+(?!OPTION\b)[\w\s,]{1,200}?\sON\s|PRAGMA\s+\w+\s*[=(;]|CALL\s+[\w.]+\s*\(|LOCK\s+TABLES?\s|REFRESH\s+MATERIALIZED\s|RENAME\s+TABLE\s)/iy;
const setting = /SET\s+(?:@@?\w|(?:FOREIGN_KEY_CHECKS|GLOBAL|LOCAL|LOCK_TIMEOUT|NAMES|SEARCH_PATH|SESSION|SQL_MODE|STATEMENT_TIMEOUT|UNIQUE_CHECKS)\b)/iy;

/**
 * Whether a new statement surely begins at `offset`, a word at the start of a line, although the open one has no
 * terminator. Only what could not continue the open statement in any of the three grammars counts.
 */
export function beginsStatement(script: string, start: number, open: OpenStatement): boolean {
  const text = script.slice(start, start + LONGEST_BEGINNING);
  const offset = 0;
  if (open.insideBody || open.body !== 'none') return beginsAfterBody(text, offset, open);
  if (takesDefinitions(open) && !(isSchema(open) && startsWith(text, offset, /(?:ALTER|DROP)\s/iy))) return false;
  if (startsWith(text, offset, definitionIn(open))) return true;
  if (!isComplete(open)) return false;
  if (startsWith(text, offset, write)) return mayPrecedeWrite(open);
  if (open.parentheses === 0 && startsWith(text, offset, control)) return open.last !== ',';
  if (mayPrecedeSetting(open) && startsWith(text, offset, setting)) return true;
  return mayPrecedeQuery(open) && startsWith(text, offset, query);
}

/** Whether the text at `offset`, the beginning of a line, is the beginning of a statement and can hardly be prose. */
export function looksLikeStatement(script: string, offset: number): boolean {
  if (!mayBeginStatement(unitAt(script, offset))) return false;
  const text = script.slice(offset, offset + LONGEST_BEGINNING);
  return startsWith(text, 0, definition) || startsWith(text, 0, write) || startsWith(text, 0, routine);
}

function definitionIn({ dialect, head }: OpenStatement): RegExp {
  if (head[0] !== 'ALTER') return definition;
  return isMySql(dialect) ? definitionAfterMySqlAlter : definitionAfterAlter;
}

function startsWith(text: string, offset: number, pattern: RegExp): boolean {
  pattern.lastIndex = offset;
  return pattern.test(text);
}

/** Bodies hold writes and queries; a definition tells that the END is missing, but MySQL's may define tables too. */
function beginsAfterBody(text: string, offset: number, open: OpenStatement): boolean {
  if (isMySql(open.dialect)) return startsWith(text, offset, routine);
  const isQuoted = open.dialect === 'postgresql' && open.body === 'routine' && !open.insideBody;
  if (startsWith(text, offset, definition)) return true;
  if (!isQuoted) return false;
  if (open.sawBody && open.parentheses === 0 && (startsWith(text, offset, query) || startsWith(text, offset, control))) return true;
  return open.head.length > 3 && startsWith(text, offset, write);
}

/** Whether CREATE, ALTER or DROP may stand inside such a statement: EXPLAIN CREATE TABLE AS, GRANT CREATE VIEW ... */
function takesDefinitions({ dialect, head }: OpenStatement): boolean {
  const [first = '', second = ''] = head;
  if (first === 'ALTER') return /^(?:EXTENSION|PUBLICATION|SERVER)$/.test(second);
  if (first === 'CREATE') return second === 'SCHEMA';
  if (first === 'GRANT' || first === 'REVOKE') return isMySql(dialect);
  return /^(?:DESC|DESCRIBE|EXECUTE|EXPLAIN|PREPARE)$/.test(first);
}

/** CREATE SCHEMA makes what stands behind it, but changes and drops nothing. */
function isSchema({ head }: OpenStatement): boolean {
  return head[0] === 'CREATE' && head[1] === 'SCHEMA';
}

/** Kinds of CREATE that no query or write can continue. */
const plainObjects = /^(?:AGGREGATE|DATABASE|DOMAIN|EXTENSION|INDEX|ROLE|SEQUENCE|TABLE|TYPE|USER)$/;
const plainStatements =
  /^(?:ALTER|BEGIN|CALL|COMMENT|COMMIT|DELETE|DO|DROP|INSERT|LOCK|MERGE|PRAGMA|REFRESH|REPLACE|ROLLBACK|SELECT|SET|START|TRUNCATE|UPDATE|VACUUM)$/;

/** Whether the open statement is of a kind that a write, standing alone on a line, cannot belong to. */
function isComplete(open: OpenStatement): boolean {
  const [first = '', second = ''] = open.head;
  if (first === 'CREATE') {
    const object = open.head.slice(1, 5).find((word) => plainObjects.test(word) || /^(?:VIEW|POLICY)$/.test(word));
    if (object === 'VIEW') return open.sawAs && open.last !== 'AS';
    return object !== undefined && plainObjects.test(object) && open.last !== 'AS';
  }
  if (first === 'ALTER') return plainObjects.test(second);
  if (first === 'GRANT' || first === 'REVOKE') return open.head.length > 2 && open.last !== ',';
  if (first === 'ANALYZE') return open.dialect === 'postgresql';
  if (first === 'WITH') return open.mainVerb !== '';
  return plainStatements.test(first);
}

function mayPrecedeWrite({ head, parentheses, sawWith }: OpenStatement): boolean {
  return parentheses === 0 || !sawWith || head[0] === 'CREATE' || head[0] === 'ALTER';
}

/** SET is a clause of UPDATE and of ALTER DATABASE, FUNCTION and ROLE. */
function mayPrecedeSetting({ head: [first = '', second], parentheses, last }: OpenStatement): boolean {
  if (parentheses > 0 || last === ',' || last === 'DELETE' || last === 'UPDATE') return false;
  return !/^(?:UPDATE|INSERT|MERGE|REPLACE|WITH)$/.test(first) && (first !== 'ALTER' || second === 'TABLE');
}

const beforeQuery = /^(?:UNION|ALL|DISTINCT|EXCEPT|INTERSECT|MINUS|AS|IN|ANY|SOME|EXISTS|FOR|INTO|[(,=])$/;

function mayPrecedeQuery({ dialect, head, last, parentheses, sawAs, mainVerb, sawValues, sawSource }: OpenStatement): boolean {
  if (beforeQuery.test(last)) return false;
  const isInsert = head[0] === 'INSERT' || head[0] === 'REPLACE' || mainVerb === 'INSERT';
  if (isInsert && !sawValues && (!sawSource || parentheses > 0)) return false;
  if (head[0] === 'GRANT' || head[0] === 'REVOKE' || (head[0] === 'CREATE' && head.includes('VIEW'))) return false;
  const isCreate = head[0] === 'CREATE';
  if (parentheses > 0) return isCreate && !sawAs && !isMySql(dialect);
  // MySQL fills a new table from a query that follows without AS.
  return !(isMySql(dialect) && isCreate && head[1] !== 'INDEX');
}
