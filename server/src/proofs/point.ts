import type { MigrationStep } from '../project/facts.ts';
import { layOut, type Bench } from './bench.ts';
import type { Engine } from './engine.ts';
import { countsByNumbers, namesIn, statementsOf } from './experiments/rows/statements.ts';
import type { Workplace } from './laboratory.ts';
import { seed, type Seeds } from './seeds/seed.ts';
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
    this.#seeds ??= await seed(bench, { tables: tablesOf(this.#step), modest: countsByNumbers(this.#step) });
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
    const { session } = this.#bench!;
    const cleared = session.info.id === 'pglite' && (await session.run(emptied(this.#seeds!)).then(() => true, () => false));
    if (cleared) this.#seeds = undefined;
    else this.spoil();
  }

  /** To be called when the experiments are over: who asks for the same point next finds it standing. */
  async leave(): Promise<void> {
    if (this.#bench && this.#seeds) await this.#clear();
    if (this.#bench) this.#workplace.leaveStanding(this.#bench);
  }

  /** How the laying out went when it was done last; undefined when it never was. */
  get laid(): Pick<Bench, 'notLaid' | 'standIns'> | undefined {
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

/** Takes seeded rows away and lets every sequence begin anew; triggers do not fire. */
function emptied({ seeded }: Seeds): string {
  const truncated = seeded.length === 0 ? [] : [`TRUNCATE ${seeded.map(({ table }) => table).join(', ')} RESTART IDENTITY CASCADE`];
  return ['BEGIN', 'SET LOCAL session_replication_role = replica', ...truncated, 'SELECT setval(format(\'%I.%I\', schemaname, sequencename), start_value, false) FROM pg_sequences', 'COMMIT'].join(';\n');
}

/** What stands around the schema because the migration speaks of it, or on a bench, as a text to compare. */
function surroundingsOf(step: MigrationStep, bench: Pick<Bench, 'roles' | 'standIns'> = { roles: rolesNamed(step.before, step), standIns: standInsFor(step.before, step) }): string {
  return JSON.stringify([bench.roles ?? [], bench.standIns ?? []]);
}

/** Map keys of the tables that the migration names or changes; rows of the others decide on nothing. */
function tablesOf(step: MigrationStep): string[] {
  const names = new Set(statementsOf(step).flatMap((trying) => [...namesIn(trying)]));
  return [...step.before.tables].filter(([key, table]) => table.knowledge === 'known' && (names.has(table.name) || step.after.tables.get(key) !== table)).map(([key]) => key);
}
