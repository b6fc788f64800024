import type { MigrationStep } from '../project/facts.ts';
import { layOut, type Bench } from './bench.ts';
import type { Engine } from './engine.ts';
import { countsByNumbers, namesIn, statementsOf } from './experiments/rows/statements.ts';
import type { Workplace } from './laboratory.ts';
import { seed, type Seeds } from './seeds/seed.ts';

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
    if (this.#seeds) this.spoil();
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
      const session = await this.#workplace.session(this.#engine, this.#extensions);
      this.#bench = await layOut(session, this.#step.before, this.#step);
      this.#laid = this.#bench;
    }
    return this.#bench;
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

/** Map keys of the tables that the migration names or changes; rows of the others decide on nothing. */
function tablesOf(step: MigrationStep): string[] {
  const names = new Set(statementsOf(step).flatMap((trying) => [...namesIn(trying)]));
  return [...step.before.tables].filter(([key, table]) => table.knowledge === 'known' && (names.has(table.name) || step.after.tables.get(key) !== table)).map(([key]) => key);
}
