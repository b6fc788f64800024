import type { DatabaseFacts, Facts, HistoryEntry } from '../project/facts.ts';
import { findColumn, findTable, type Catalog, type Column, type Table } from '../schema/catalog.ts';
import { foldIdentifier, type Dialect } from '../source/dialect.ts';
import type { PrismaModel } from '../source/prisma/ast.ts';
import { readQuery } from '../source/query/read.ts';
import type { Statement } from '../source/statement.ts';
import type { Token } from '../source/token.ts';
import { overlaps, type TextRange } from '../text/range.ts';

/** A table, or a column of one, that a piece of text names. */
export interface Subject {
  /** The text that names it; file offsets. */
  readonly range: TextRange;
  readonly database: DatabaseFacts;
  readonly table: Table;
  readonly column?: Column;
  /** Whether it still stands after all migrations. */
  readonly current: boolean;
}

/** The table or column that the text at `offset` of a file names; undefined when it names none that is known. */
export function subjectAt(facts: Facts, file: string, offset: number): Subject | undefined {
  const role = facts.roleOf.get(file);
  const database = role && facts.databases[role.database];
  if (!database) return undefined;
  return file.endsWith('.prisma') ? prismaSubject(database, file, offset) : sqlSubject(facts, database, file, offset);
}

function sqlSubject(facts: Facts, database: DatabaseFacts, file: string, offset: number): Subject | undefined {
  const statement = facts.scripts.get(file)?.statements.find((one) => one.start <= offset && offset <= one.end);
  if (!statement) return undefined;
  const at = offset - statement.start;
  const index = statement.tokens.findIndex((token) => isName(token) && token.start <= at && at <= token.end);
  const token = statement.tokens[index];
  if (!token) return undefined;
  const entry = entryOf(database, file, statement);
  const catalogs = [database.catalog, ...(entry ? [entry.after, entry.before] : [])];
  for (const catalog of catalogs) {
    const found = named(database.dialect, catalog, statement, index);
    if (!found) continue;
    const range = { start: statement.start + token.start, end: statement.start + token.end };
    return { range, database, ...found, current: catalog === database.catalog };
  }
  return undefined;
}

function isName(token: Token): boolean {
  return token.kind === 'word' || token.kind === 'quotedIdentifier';
}

function entryOf(database: DatabaseFacts, file: string, statement: Statement): HistoryEntry | undefined {
  const same = ({ placed }: HistoryEntry): boolean => placed.file === file && placed.statement.start === statement.start;
  for (const step of database.steps) {
    const found = step.migration.up.file === file ? step.entries.find(same) : undefined;
    if (found) return found;
  }
  return database.otherEntries.find(same);
}

type Named = { readonly table: Table; readonly column?: Column };

/** Words after which a name is a table's. */
const beforeTable = new Set(['FROM', 'JOIN', 'INTO', 'UPDATE', 'TABLE', 'REFERENCES', 'ONLY', 'EXISTS', 'TRUNCATE', 'USING']);

function named(dialect: Dialect, catalog: Catalog, statement: Statement, index: number): Named | undefined {
  const { tokens } = statement;
  const nameOf = (token: Token): string => foldIdentifier(dialect, token.kind === 'word' ? token.text : token.value, token.kind !== 'word');
  const token = tokens[index]!;
  const name = nameOf(token);
  const qualifier = tokens[index - 1]?.text === '.' && tokens[index - 2] && isName(tokens[index - 2]!) ? nameOf(tokens[index - 2]!) : undefined;
  const inSchema = findTable(catalog, qualifier, name);
  if (inSchema && (qualifier !== undefined || beforeTable.has(tokens[index - 1]?.upper ?? ''))) return { table: inSchema };
  const uses = tablesOf(dialect, catalog, statement, nameOf);
  if (qualifier !== undefined) {
    const table = uses.find((use) => use.alias === qualifier)?.table ?? uses.find((use) => use.table.name === qualifier)?.table;
    const column = table && findColumn(dialect, table, name);
    return column && { table, column };
  }
  for (const { table } of uses) {
    const column = findColumn(dialect, table, name);
    if (column) return { table, column };
  }
  const aliased = uses.find((use) => use.alias === name);
  return aliased ? { table: aliased.table } : inSchema && { table: inSchema };
}

interface Use {
  readonly table: Table;
  readonly alias?: string;
}

/** The tables of a statement: those its query names, with aliases, and every other known table whose name stands in it. */
function tablesOf(dialect: Dialect, catalog: Catalog, statement: Statement, nameOf: (token: Token) => string): Use[] {
  const uses: Use[] = [];
  const result = readQuery(statement);
  for (const use of 'query' in result ? result.query.tables : []) {
    const table = findTable(catalog, use.schema, use.name);
    if (table) uses.push({ table, ...(use.alias !== undefined && { alias: foldIdentifier(dialect, use.alias, true) }) });
  }
  for (const token of statement.tokens) {
    const table = isName(token) ? findTable(catalog, undefined, nameOf(token)) : undefined;
    if (table && !uses.some((use) => use.table === table)) uses.push({ table });
  }
  return uses;
}

function prismaSubject(database: DatabaseFacts, file: string, offset: number): Subject | undefined {
  const { prisma } = database;
  const document = prisma?.files.find((one) => one.path === file)?.document;
  if (!prisma || !document) return undefined;
  const inside = (range: TextRange): boolean => range.start <= offset && offset <= range.end;
  const models = document.blocks.filter((block): block is PrismaModel => block.kind === 'model');
  const model = models.find((one) => inside(one.range));
  if (!model) return undefined;
  if (inside(model.nameRange)) return prismaTable(database, file, model.range, model.nameRange);
  const field = model.fields.find((one) => inside(one.nameRange) || inside(one.typeRange));
  if (!field) return undefined;
  if (inside(field.typeRange)) {
    for (const one of prisma.files) {
      const target = one.document.blocks.find((block) => block.kind === 'model' && block.name === field.type);
      if (target) return prismaTable(database, one.path, target.range, field.typeRange);
    }
  }
  const owner = prismaTable(database, file, model.range, field.nameRange);
  const made = owner && modelTable(database, file, model.range)?.columns.find((column) => column.origin.file === file && overlaps(column.origin.range, field.range));
  const column = made && (findColumn(database.dialect, owner.table, made.name) ?? made);
  return column && { ...owner, column };
}

function modelTable(database: DatabaseFacts, file: string, model: TextRange): Table | undefined {
  return [...database.prisma!.catalog.tables.values()].find((table) => table.origin.file === file && overlaps(table.origin.range, model));
}

/** The table of a model: as the history has it, else as the model tells it. */
function prismaTable(database: DatabaseFacts, file: string, model: TextRange, range: TextRange): Subject | undefined {
  const modelled = modelTable(database, file, model);
  if (!modelled) return undefined;
  const table = findTable(database.catalog, modelled.schema, modelled.name) ?? modelled;
  return { range, database, table, current: true };
}
