import type { Script } from '../source/statement.ts';
import { firstIndex } from '../text/search.ts';
import { makeDatabase, prismaFactsOf, type DatabaseParts } from './databaseFacts.ts';
import type { Facts, Migration, PlacedStatement, ScriptPart, SourceFile } from './facts.ts';
import { textKey } from './history/changes.ts';
import type { Scripts } from './history/timeline.ts';
import { keep, keptOf, type DatabaseState, type Kept } from './kept.ts';
import { rereadMigration } from './migrations.ts';
import type { LooseFile } from './looseFiles.ts';
import { datasourceText } from './prismaSchemas.ts';
import type { Sources } from './sources.ts';

/** Where somebody is typing: a path and a file offset. */
export interface Caret {
  readonly file: string;
  readonly offset: number;
}

/**
 * The facts after edits of `.sql` and `.prisma` files whose places are known, at the cost of what the edits change: which files make up which
 * database, their dialects and roles are taken to be as they were, until `buildFacts` looks at everything again. A statement
 * under the caret that cannot be read yet does nothing. Gives undefined where that cannot be done; `previous` must not be
 * used after it could.
 */
export function advanceFacts(previous: Facts, edited: readonly SourceFile[], caret?: Caret): Facts | undefined {
  const kept = keptOf(previous);
  if (!kept || !edited.every((file) => mayAdvance(previous, kept, file))) return undefined;
  // The maps of a large workspace would take longer to copy than the edit takes; nobody reads them in the previous facts any more.
  const files = previous.files as Map<string, SourceFile>;
  const scripts = previous.scripts as Map<string, Script>;
  const databases = [...kept.databases];
  for (const file of edited) {
    files.set(file.path, file);
    const index = previous.roleOf.get(file.path)!.database;
    for (const [at, state] of databases.entries()) {
      if (at !== index && !holds(state, file.path)) continue;
      state.timeline.changes.add(new Set([textKey(file.path)]));
      databases[at] = advanceDatabase(state, file, kept.sources, caret?.file === file.path ? caret.offset : undefined);
    }
    if (scripts.has(file.path)) scripts.set(file.path, kept.sources.script(file.path, file.text, databases[index]!.parts.layout.dialect));
  }
  const result: Facts = { ...previous, databases: databases.map(({ facts }) => facts) };
  const next: Kept = { ...kept, databases };
  keep(result, next);
  return result;
}

function mayAdvance({ files, roleOf, scripts }: Facts, { databases, sources }: Kept, { path, text }: SourceFile): boolean {
  const place = roleOf.get(path);
  if (!files.has(path) || !place) return false;
  if (path.endsWith('.sql')) return scripts.has(path);
  // The datasource tells the dialect, and which files make up a schema.
  const known = databases[place.database]?.scripts.prisma?.files.find((file) => file.path === path);
  return known !== undefined && datasourceText(known.document, known.text) === datasourceText(sources.prisma(path, text), text);
}

/** Whether a file runs in a database, be it as one among several that share it. */
function holds({ scripts: { migrations, loose } }: DatabaseState, path: string): boolean {
  return migrations.some(({ up, down }) => up.file === path || down?.file === path) || loose.some((file) => file.path === path);
}

function advanceDatabase(state: DatabaseState, file: SourceFile, sources: Sources, offset: number | undefined): DatabaseState {
  if (file.path.endsWith('.prisma')) return advancePrisma(state, file, sources);
  const { parts, timeline, scripts } = state;
  const migrations = [...scripts.migrations];
  const own = placesOf(state, file.path);
  for (const place of own) migrations[place] = rereadMigration(parts.layout, migrations[place]!, sources, file);
  const loose = scripts.loose.map((one) => (one.path === file.path ? reread(one, file, sources) : one));
  const next: Scripts = { ...scripts, migrations, loose };
  const typed = offset === undefined ? undefined : typedStatement(partsOf(own.map((place) => migrations[place]!), loose, file.path), offset);
  const withTyped: Scripts = typed ? { ...next, typed } : next;
  return { parts, timeline, scripts: next, facts: makeDatabase(parts, timeline, withTyped) };
}

const places = new WeakMap<DatabaseParts, ReadonlyMap<string, readonly number[]>>();

/** Where those stand in the list of migrations that a file holds, up or down. Edits leave the list in its order. */
function placesOf({ parts, scripts }: DatabaseState, path: string): readonly number[] {
  let known = places.get(parts);
  if (!known) places.set(parts, (known = placesByFile(scripts.migrations)));
  return known.get(path) ?? [];
}

function placesByFile(migrations: readonly Migration[]): ReadonlyMap<string, readonly number[]> {
  const byFile = new Map<string, number[]>();
  migrations.forEach(({ up, down }, place) => {
    for (const file of new Set([up.file, down?.file ?? up.file])) {
      const known = byFile.get(file);
      if (known) known.push(place);
      else byFile.set(file, [place]);
    }
  });
  return byFile;
}

function advancePrisma({ parts, timeline, scripts }: DatabaseState, { path, text }: SourceFile, sources: Sources): DatabaseState {
  const prisma = parts.layout.prisma!;
  const files = prisma.files.map((file) => (file.path === path ? { path, text, document: sources.prisma(path, text) } : file));
  const layout = { ...parts.layout, prisma: { ...prisma, files } };
  const next: Scripts = { ...scripts, prisma: prismaFactsOf(layout, scripts.prisma) };
  return { parts: { ...parts, layout }, timeline, scripts: next, facts: makeDatabase({ ...parts, layout }, timeline, next) };
}

function reread(loose: LooseFile, { path, text }: SourceFile, sources: Sources): LooseFile {
  const { dialect } = loose.script;
  return { ...loose, script: sources.script(path, text, dialect), statements: sources.part(path, text, dialect).statements };
}

function partsOf(migrations: readonly Migration[], loose: readonly LooseFile[], path: string): Pick<ScriptPart, 'statements'>[] {
  return [...migrations.filter(({ up }) => up.file === path).map(({ up }) => up), ...loose.filter((file) => file.path === path)];
}

/** The unreadable statement under the caret. */
function typedStatement(parts: readonly Pick<ScriptPart, 'statements'>[], offset: number): PlacedStatement | undefined {
  for (const { statements } of parts) {
    const found = statements[firstIndex(statements, ({ statement }) => statement.terminatorEnd >= offset)];
    if (found?.node.kind === 'unread' && found.statement.start <= offset) return found;
  }
  return undefined;
}
