import type { MigrationStep } from '../project/facts.ts';
import { objectKey, type Catalog, type Table } from '../schema/catalog.ts';
import { layOut, type Bench } from './bench.ts';
import { EngineRefusal, type Engine } from './engine.ts';
import { comingPartitions, countsByNumbers, namesIn, statementsOf } from './experiments/rows/statements.ts';
import type { Workplace } from './laboratory.ts';
import { seed, type Seeds } from './seeds/seed.ts';
import { baseType } from './seeds/values.ts';
import { functionsAround } from './surroundings/functions.ts';
import { publicationsNamed } from './surroundings/publications.ts';
import { rolesNamed } from './surroundings/roles.ts';
import { standInsFor } from './surroundings/standIns.ts';

/** A bench with rows, and which. */
export interface SeededBench {
  readonly bench: Bench;
  readonly seeds: Seeds;
}

/**
 * The point of the history before a migration on an engine. Laid out when it is first asked for, and again when it is asked for without
 * rows after it got some, or after an experiment that left it changed.
 */
export class HistoryPoint {
  readonly #workplace: Workplace;
  readonly #engine: Engine;
  readonly #extensions: readonly string[];
  readonly #step: MigrationStep;
  #bench: Bench | undefined;
  #seeds: Seeds | undefined;
  #laid: Bench | undefined;

  constructor(workplace: Workplace, engine: Engine, extensions: readonly string[], step: MigrationStep) {
    this.#workplace = workplace;
    this.#engine = engine;
    this.#extensions = extensions;
    this.#step = step;
  }

  /** The schema without rows. Throws what the engine throws when it can not be opened or ends meanwhile. */
  async empty(): Promise<Bench> {
    if (this.#seeds) await this.#clear();
    return await this.#laidOut();
  }

  /** The schema with rows in the tables that the migration speaks of. Throws as `empty` does. */
  async seeded(): Promise<SeededBench> {
    const bench = await this.#laidOut();
    this.#seeds ??= await seed(bench, { tables: tablesOf(this.#step), modest: countsByNumbers(this.#step), coming: comingPartitions(this.#step) });
    return { bench, seeds: this.#seeds };
  }

  async #laidOut(): Promise<Bench> {
    if (!this.#bench) {
      const surroundings = surroundingsOf(this.#step);
      const found = await this.#workplace.standing(this.#engine, this.#extensions, (bench) => bench.catalog === this.#step.before && surroundingsOf(this.#step, bench) === surroundings);
      this.#bench = 'catalog' in found ? found : await layOut(found, this.#step.before, this.#step);
      this.#laid = this.#bench;
    }
    return this.#bench;
  }

  /** Takes the rows away, or has the bench laid out anew when that does not succeed. */
  async #clear(): Promise<void> {
    if (await this.#cleared()) this.#seeds = undefined;
    else this.spoil();
  }

  /** Takes the rows away; false when that does not succeed. */
  async #cleared(): Promise<boolean> {
    const { session } = this.#bench!;
    if (session.info.id !== 'pglite') return false;
    try {
      const names = (await session.run(emptied)).at(-1)!.rows.map((row) => row['name']);
      // Gives the places back, so that rows come to stand as on a bench that never had any; without its option it leaves indexes of few rows alone.
      if (names.length > 0) await session.run(`VACUUM (INDEX_CLEANUP ON) ${names.join(', ')}`);
      return true;
    } catch (error) {
      if (!(error instanceof EngineRefusal)) throw error;
      await session.run('ROLLBACK');
      return false;
    }
  }

  /** To be called when the experiments are over: who asks for the same point next finds it standing. Its rows go when nobody waits for the answer any more. */
  leave(): void {
    if (this.#bench) this.#workplace.leaveStanding(this.#bench, this.#seeds && (() => this.#cleared()));
  }

  /** How the laying out went when it was done last; undefined when it never was. */
  get laid(): Pick<Bench, 'notLaid' | 'standIns' | 'functions'> | undefined {
    return this.#laid;
  }

  /** The bench is not as it was any more: the next who asks gets one that is laid out anew. */
  spoil(): void {
    this.#bench = undefined;
    this.#seeds = undefined;
  }

  /** The session ended or nobody knows its state: it is not used again. */
  async discard(): Promise<void> {
    this.spoil();
    await this.#workplace.discard();
  }
}

/** Tables with pages, those of extensions left out, which hold rows of their own. */
const written = `SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.oid >= 16384 AND c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND pg_relation_size(c.oid) > 0
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')`;

/**
 * Takes all rows away, also those that triggers wrote, and lets every sequence begin anew; refused where a row comes back, and names the
 * tables. Triggers and rules do not fire unless they always do. DELETE and not TRUNCATE, which makes new files for all tables that refer
 * to these.
 */
const emptied = `BEGIN; SET LOCAL session_replication_role = replica;
DO $$ DECLARE name text; remains boolean; BEGIN
  FOR name IN ${written} LOOP EXECUTE 'DELETE FROM ONLY ' || name; END LOOP;
  FOR name IN ${written} LOOP
    EXECUTE 'SELECT EXISTS (SELECT FROM ONLY ' || name || ')' INTO remains;
    IF remains THEN RAISE EXCEPTION 'rows of % remain', name; END IF;
  END LOOP;
END $$;
SELECT setval(format('%I.%I', schemaname, sequencename), start_value, false) FROM pg_sequences; COMMIT;
${written}`;

/** What stands around the schema because the migration speaks of it, or on a bench, as a text to compare. */
function surroundingsOf(step: MigrationStep, bench: Pick<Bench, 'roles' | 'publications' | 'standIns' | 'around'> = { roles: rolesNamed(step.before, step), publications: publicationsNamed(step.before, step), standIns: standInsFor(step.before, step), around: functionsAround(step.before, step) }): string {
  return JSON.stringify([bench.roles ?? [], bench.publications ?? [], bench.standIns ?? [], bench.around ?? null]);
}

/** Map keys of the tables that the migration names or changes; rows of the others decide on nothing. */
function tablesOf(step: MigrationStep): string[] {
  const names = new Set(statementsOf(step).flatMap((trying) => [...namesIn(trying)]));
  const domains = step.entries.flatMap(({ placed: { node } }) => (node.kind === 'alterDomain' ? [objectKey(step.before.dialect, node.name.schema?.name, node.name.name.name)] : []));
  const isOfDomain = ({ columns }: Table): boolean => domains.length > 0 && columns.some(({ type }) => domainsOf(step.before, type).some((key) => domains.includes(key)));
  return [...step.before.tables].filter(([key, table]) => table.knowledge === 'known' && (names.has(table.name) || step.after.tables.get(key) !== table || isOfDomain(table))).map(([key]) => key);
}

/** The domains that a type rests on, as map keys. */
function domainsOf(catalog: Catalog, type: string): string[] {
  return baseType(catalog, type).domains.map(({ schema, name }) => objectKey(catalog.dialect, schema, name));
}
