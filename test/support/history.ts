import { emptyCatalog } from '../../server/src/schema/apply.ts';
import type { Migration, MigrationStep, PlacedStatement, TransactionMode } from '../../server/src/project/facts.ts';
import { foldMigrations } from '../../server/src/project/fold.ts';
import type { Dialect } from '../../server/src/source/dialect.ts';
import { splitScript } from '../../server/src/source/splitter.ts';
import { readStatement } from '../../server/src/source/sql/read.ts';

/** The statements of a text, read and in their place. */
export function placedStatements(dialect: Dialect, file: string, text: string): PlacedStatement[] {
  return splitScript(text, dialect).statements.map((statement) => ({ file, statement, node: readStatement(statement) }));
}

/** The history of migrations given as SQL texts, in order, without a runner around them. */
export function historyOf(dialect: Dialect, texts: readonly string[], transaction: TransactionMode = 'file', applied = false): readonly MigrationStep[] {
  const migrations = texts.map((text, index): Migration => {
    const version = String(index + 1).padStart(4, '0');
    const file = `migrations/${version}.up.sql`;
    return { version, name: '', applied, transaction, up: { file, range: { start: 0, end: text.length }, statements: placedStatements(dialect, file, text) } };
  });
  return foldMigrations(emptyCatalog(dialect), migrations);
}
