import type { Catalog } from '../../schema/catalog.ts';
import type { ReadKey } from '../../schema/reads.ts';
import type { Dialect } from '../../source/dialect.ts';
import { namesIn } from '../../source/names.ts';
import type { DatabaseFacts, HistoryEntry, Migration, MigrationStep, PlacedStatement, PrismaFacts, ScriptRun } from '../facts.ts';
import type { LooseFile } from '../looseFiles.ts';
import { Chain, forget } from './chain.ts';
import { Changes } from './changes.ts';
import { Mentions } from '../mentions.ts';
import { TenantKeys } from '../tenancy.ts';
import { isAsked } from '../workload.ts';
import { differences, type Differences, type RunSpec } from './run.ts';
import { startCatalog } from './startCatalog.ts';

/** The key under which the Prisma schema is read. */
export const anyModel: ReadKey = 'prisma:*';

/** What the scripts of a database are at one moment. */
export interface Scripts {
  readonly migrations: readonly Migration[];
  readonly prisma?: PrismaFacts;
  /** Files that are no migrations. */
  readonly loose: readonly LooseFile[];
  /** A statement that is being typed at this moment. */
  readonly typed?: PlacedStatement;
}

/** What the scripts of a database come to. */
export interface Outcome extends Pick<DatabaseFacts, 'steps' | 'scripts' | 'dumps' | 'catalog'> {}

const dataKinds: ReadonlySet<string> = new Set(['select', 'insert', 'update', 'delete', 'merge', 'values', 'transaction', 'set', 'unread', 'other']);

function changesSchema({ statements }: LooseFile): boolean {
  return statements.some(({ node }) => !dataKinds.has(node.kind));
}

/**
 * The statements of one database in the order in which they run, from one update of the workspace to the next. An update costs
 * what it changes: `Changes` tells which tables and files that was.
 *
 * Beside a history, schema files are dumps and scripts meet the final catalog. Without one, schema files make the catalog in the
 * order of their paths; where there are none either, scripts that change the schema do.
 */
export class Timeline {
  readonly changes = new Changes();
  readonly mentions = new Mentions<HistoryEntry>(isAsked);
  readonly tenantKeys = new TenantKeys();
  /** Whether what statements read is noted. */
  readonly recorded: boolean;
  readonly #empty: Catalog;
  readonly #history: Chain;
  readonly #makers: Chain;
  readonly #others = new Map<string, Chain>();
  readonly #dumps = new Map<string, Chain>();
  #specs: readonly RunSpec[] = [];
  #prisma: PrismaFacts | undefined;
  #circumstances: string | undefined;
  #tenancy: string | undefined;

  constructor(dialect: Dialect, recorded: boolean) {
    this.#empty = startCatalog(dialect);
    this.recorded = recorded;
    this.#history = new Chain(this.#empty, recorded);
    this.#makers = new Chain(this.#empty, recorded);
  }

  /** The Prisma schema of the last update. */
  get prisma(): PrismaFacts | undefined {
    return this.#prisma;
  }

  /** The migrations as they were last folded. */
  get steps(): readonly MigrationStep[] {
    return this.#history.runs;
  }

  /** Folds migrations alone, before it is known which loose files belong to the database. */
  updateHistory({ migrations, typed }: Pick<Scripts, 'migrations' | 'typed'>): readonly MigrationStep[] {
    const found = differences();
    this.#history.update(this.#empty, this.#specsOf(migrations, typed), found);
    this.#note(found);
    return this.steps;
  }

  update(scripts: Scripts): Outcome {
    const found = differences();
    this.#history.update(this.#empty, this.#specsOf(scripts.migrations, scripts.typed), found);
    const history = this.#history.runs.length > 0 ? this.#history.end : scripts.prisma?.catalog;
    const schemas = scripts.loose.filter(({ role }) => role === 'schema');
    const makers = history ? [] : schemas.length > 0 ? schemas : scripts.loose.filter(changesSchema);
    this.#makers.update(history ?? this.#empty, makers.map((file) => looseSpec(file, scripts.typed)), found);
    const catalog = history ?? this.#makers.end;
    const dumps = history ? schemas : [];
    this.#eachDump(dumps, scripts.typed, found);
    const apart = new Set([...makers, ...dumps]);
    this.#each(this.#others, catalog, scripts.loose.filter((file) => !apart.has(file)), scripts.typed, found);
    this.#note(found, this.#prisma !== scripts.prisma);
    this.#prisma = scripts.prisma;
    return { steps: this.steps, scripts: this.#runsOf(scripts.loose), dumps: this.#dumpsOf(dumps), catalog };
  }

  /** Notes what is stated beside the scripts (when it is different, nothing that was made of the facts holds), and the tenancy. */
  under(circumstances: string, tenancy: string): void {
    if (this.#circumstances !== undefined && this.#circumstances !== circumstances) this.changes.add(undefined);
    if (this.#tenancy !== undefined && this.#tenancy !== tenancy) this.changes.add(new Set(['tenancy:*']));
    this.#circumstances = circumstances;
    this.#tenancy = tenancy;
  }

  /** How the migrations are run; of those that are as they were, the very same as before. */
  #specsOf(migrations: readonly Migration[], typed: PlacedStatement | undefined): readonly RunSpec[] {
    const before = this.#specs;
    return (this.#specs = migrations.map((migration, index) => {
      const known = before[index];
      const same = known?.migration === migration && known.typed === undefined && typed?.file !== known.file;
      return same ? known : specOf(migration, typed);
    }));
  }

  #each(chains: Map<string, Chain>, start: Catalog, files: readonly LooseFile[], typed: PlacedStatement | undefined, found: Differences): void {
    const wanted = new Set(files.map(({ path }) => path));
    for (const [path, chain] of chains) {
      if (wanted.has(path)) continue;
      for (const run of chain.runs) forget(run, found);
      chains.delete(path);
    }
    for (const file of files) {
      let chain = chains.get(file.path);
      if (!chain) chains.set(file.path, (chain = new Chain(start, this.recorded)));
      chain.update(start, [looseSpec(file, typed)], found);
    }
  }

  /** A dump's statements belong to no list, but what it says of the tables is compared with the history. */
  #eachDump(dumps: readonly LooseFile[], typed: PlacedStatement | undefined, found: Differences): void {
    const own = differences();
    this.#each(this.#dumps, this.#empty, dumps, typed, own);
    for (const overlay of own.overlays) found.overlays.add(overlay);
    found.everything ||= own.everything;
  }

  #runsOf(files: readonly LooseFile[]): readonly ScriptRun[] {
    const made = new Map(this.#makers.runs.map((run) => [run.file, run]));
    return files.flatMap(({ path }) => made.get(path) ?? this.#others.get(path)?.runs ?? []);
  }

  #dumpsOf(files: readonly LooseFile[]): DatabaseFacts['dumps'] {
    return files.map(({ path }) => {
      const chain = this.#dumps.get(path)!;
      return { file: path, get catalog() { return chain.end; } };
    });
  }

  #note({ added, removed, files, overlays, everything }: Differences, otherPrisma = false): void {
    const all = everything || [...overlays].some((overlay) => overlay.everything);
    const touched = new Set<ReadKey>(otherPrisma ? [anyModel, 'tables:*'] : []);
    const touch = (entry: HistoryEntry, names: readonly ReadKey[]) => {
      if (!all) touchNames(touched, entry, names);
    };
    for (const entry of removed) touch(entry, this.mentions.remove(entry));
    for (const entry of added) touch(entry, this.mentions.add(entry));
    for (const file of files) touched.add(`script:${file}`);
    for (const overlay of overlays) for (const key of overlay.touched) touched.add(key);
    this.changes.add(all ? undefined : touched);
  }
}

/** A statement names what it names, and is a query of the workload unless it is run once by a migration. */
function touchNames(touched: Set<ReadKey>, { role, placed }: HistoryEntry, keys: readonly ReadKey[]): void {
  for (const key of keys) touched.add(key);
  if (role !== 'migration') for (const name of namesIn(placed.statement)) touched.add(`workload:${name}`);
}

function specOf(migration: Migration, typed: PlacedStatement | undefined): RunSpec {
  const { file, statements } = migration.up;
  return { file, statements, mode: migration.transaction, role: 'migration', migration, ...(typed?.file === file && { typed }) };
}

function looseSpec({ path, statements, role }: LooseFile, typed: PlacedStatement | undefined): RunSpec {
  return { file: path, statements, mode: 'none', role, ...(typed?.file === path && { typed }) };
}
