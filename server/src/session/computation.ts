import type { AppliedSource } from '../project/applied.ts';
import { defaultConfig, type ConfigProblem } from '../project/config.ts';
import type { Facts, SourceFile } from '../project/facts.ts';
import { configFileName } from '../project/fileKinds.ts';
import { Preparation } from '../project/preparation.ts';
import type { Script } from '../source/statement.ts';
import type { Caret } from '../project/advance.ts';
import type { Authorities, SyntaxOptions } from '../rules/syntax.ts';
import { configOf, withSyntax, type Analysis, type FindingsByFile, type Snapshot } from './analysis.ts';
import type { Settings } from './settings.ts';
import { yieldToMessages } from './timer.ts';
import { stackOf } from '../text/failure.ts';

/** What every snapshot is made from. */
export interface Circumstances {
  readonly revision: number;
  readonly open: ReadonlyMap<string, SourceFile>;
  readonly settings: Settings;
  readonly caret: Caret | undefined;
  readonly authorities: Authorities;
}

/** What a snapshot is made from when everything is looked at. */
export interface Work extends Circumstances {
  readonly files: readonly SourceFile[];
  readonly applied: AppliedSource;
  readonly loose: boolean;
  readonly leftAlone: Facts['leftAlone'];
}

/** Newest versions that the grammars at hand know. */
const newest: NonNullable<SyntaxOptions['newest']> = { postgresql: 18 };

const emptyFacts: Facts = { config: defaultConfig, databases: [], redis: [], files: new Map(), scripts: new Map(), leftAlone: [], roleOf: new Map() };

/** Makes snapshots, one after the other, each from the facts of the one before. */
export class Computation {
  readonly #steps: Analysis;
  readonly #log: (message: string) => void;
  #facts: Facts | undefined;
  #problems: readonly ConfigProblem[] = [];
  #built = -1;
  #prepared: Preparation | undefined = new Preparation();
  #lastEdit = 0;

  constructor(steps: Analysis, log: (message: string) => void) {
    this.#steps = steps;
    this.#log = log;
  }

  /** The revision at which everything was looked at last; -1 before the first time and after a failure. */
  get built(): number {
    return this.#built;
  }

  /** Milliseconds that the last snapshot after an edit took. */
  get lastEdit(): number {
    return this.#lastEdit;
  }

  /** Reads files that the first snapshot will be made from, while others are still on their way. */
  prepare(files: readonly SourceFile[]): void {
    this.#contained('reading', undefined, () => this.#prepared?.add(files));
  }

  /** Makes a snapshot of everything; gives undefined when `overtaken` answers true between two steps. Throws what building the facts throws. */
  async run(work: Work, overtaken: () => boolean): Promise<Snapshot | undefined> {
    const { config, problems } = configOf(work.files.find(({ path }) => path === configFileName)?.text, work.settings.rules);
    this.#facts = this.#steps.build(
      {
        files: work.files,
        config,
        applied: work.applied,
        leftAlone: work.leftAlone,
        incremental: true,
        ...(work.loose && { isolated: true, ...(work.settings.dialect && { forcedDialect: work.settings.dialect }) }),
      },
      this.#facts,
      this.#prepared,
    );
    this.#prepared = undefined;
    this.#problems = problems;
    this.#built = work.revision;
    await yieldToMessages();
    return overtaken() ? undefined : this.#snapshot(work, this.#facts);
  }

  /** Makes a snapshot after edits, at the cost of what they change; undefined when everything has to be looked at. Throws what advancing the facts throws. */
  edit(edited: readonly SourceFile[], circumstances: Circumstances): Snapshot | undefined {
    const begun = performance.now();
    const facts = this.#facts && this.#steps.advance(this.#facts, edited, circumstances.caret);
    if (!facts) return undefined;
    this.#facts = facts;
    const snapshot = this.#snapshot(circumstances, facts);
    this.#lastEdit = performance.now() - begun;
    return snapshot;
  }

  #snapshot(circumstances: Circumstances, facts: Facts): Snapshot {
    const { revision, open, settings, caret, authorities } = circumstances;
    const found = settings.enable ? this.#contained<FindingsByFile>('the rules', new Map(), () => this.#steps.check(facts, { all: settings.showApplied, log: this.#log })) : new Map();
    const syntax = settings.enable ? this.#contained('the grammar', [], () => this.#steps.syntax(judgedFacts(facts, circumstances), authorities, { newest, ...(caret && { caret }) })) : [];
    const versions = new Map<string, number>();
    for (const [path, { version }] of open) if (version !== undefined) versions.set(path, version);
    return { revision, facts, byFile: withSyntax(found, syntax), configProblems: this.#problems, versions };
  }

  /** What stands when a computation failed: the findings before, else nothing. */
  afterFailure(revision: number, before: Snapshot | undefined): Snapshot {
    this.#facts = undefined;
    this.#built = -1;
    if (before) return { ...before, revision };
    return { revision, facts: emptyFacts, byFile: new Map(), configProblems: [], versions: new Map() };
  }

  #contained<T>(what: string, otherwise: T, step: () => T): T {
    try {
      return step();
    } catch (error) {
      this.#log(`${what} failed: ${stackOf(error)}`);
      return otherwise;
    }
  }
}

/** Grammars judge open files only, unless the whole workspace is shown: they cost far more than rules. */
function judgedFacts(facts: Facts, { settings, open }: Circumstances): Facts {
  if (settings.scope === 'workspace') return facts;
  const scripts = new Map<string, Script>();
  for (const path of open.keys()) {
    const script = facts.scripts.get(path);
    if (script) scripts.set(path, script);
  }
  return { ...facts, scripts };
}
