import { splitScript } from '../../server/src/source/splitter.ts';
import { readStatement } from '../../server/src/source/sql/read.ts';
import type { Statement } from '../../server/src/source/statement.ts';
import { corpusSqlFiles, type CorpusFile } from './corpus.ts';
import { renderStatement } from './renderStatement/index.ts';
import type { RenderedStatement } from './renderStatement/onMariaDb.ts';

/** A statement of a history; `rendered` is the source itself where the statement is no schema statement. */
export interface HistoryStatement extends RenderedStatement {
  readonly modelled: boolean;
}

/** A statement as it is written and as it is rendered. */
export function rendered(statement: Statement, source = statement.text): HistoryStatement {
  const node = readStatement(statement);
  const sql = renderStatement(statement.dialect, node);
  return { source, rendered: sql ?? source, node, modelled: sql !== undefined };
}

/** MySQL's histories of the corpora, each in the order in which it runs: what goes up first, then what goes down, backwards. */
export function mariaHistories(): HistoryStatement[][] {
  const groups = new Map<string, CorpusFile[]>();
  for (const file of corpusSqlFiles()) {
    if (file.dialect !== 'mysql') continue;
    const key = historyOf(file.path);
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    group.push(file);
  }
  return [...groups.values()].map((files) => statementsOf(files.toSorted((a, b) => a.path.localeCompare(b.path, 'en', { numeric: true }))));
}

/** Whole schemas and files of queries stand for themselves; what stands in folders of versions belongs together. */
function historyOf(path: string): string {
  const folders = path.split('/');
  const file = folders.pop()!;
  if (/^(schema|LATEST|ddl.*)\.sql$|query/.test(file) || folders.at(-1) === 'query') return path;
  const version = folders.findIndex((folder) => /^(v?\d+[._]\w|versioned$)/.test(folder));
  return folders.slice(0, version < 0 ? undefined : version).join('/');
}

function statementsOf(files: readonly CorpusFile[]): HistoryStatement[] {
  const up: HistoryStatement[] = [];
  const down: HistoryStatement[] = [];
  for (const { path, text } of files) {
    const script = splitScript(text, 'mysql');
    const mark = script.comments.find((comment) => /\+goose\s+down|migrate:down/i.test(comment.text))?.start ?? (/down/.test(path) ? 0 : Infinity);
    const ofFile: HistoryStatement[] = [];
    for (const statement of script.statements) {
      if (!statement.hasHole) (statement.start < mark ? up : ofFile).push(rendered(statement, translated(path, statement.text)));
    }
    down.unshift(...ofFile);
  }
  return [...up, ...down];
}

/** Semaphore keeps one file for SQLite and MySQL, and changes this word before it runs it on MySQL. */
function translated(path: string, sql: string): string {
  return path.startsWith('semaphore/') ? sql.replaceAll(/\bautoincrement\b/gi, 'auto_increment') : sql;
}
