import type { AppliedSource } from '../project/applied.ts';
import { defaultConfig, type ConfigProblem } from '../project/config.ts';
import type { Facts, SourceFile } from '../project/facts.ts';
import type { Finding } from '../rules/rule.ts';
import type { Authorities, SyntaxOptions } from '../rules/syntax.ts';
import { configOf, groupByFile, mergeFindings, type Analysis, type Snapshot } from './analysis.ts';
import type { Settings } from './settings.ts';
import { yieldToMessages } from './timer.ts';

/** Everything that a snapshot is made from. */
export interface Work {
  readonly revision: number;
  readonly files: readonly SourceFile[];
  readonly open: ReadonlyMap<string, SourceFile>;
  readonly applied: AppliedSource;
  readonly settings: Settings;
  readonly loose: boolean;
  readonly leftAlone: Facts['leftAlone'];
  readonly caret: SyntaxOptions['caret'];
  readonly authorities: Authorities;
}

/** Newest versions that the grammars at hand know. */
const newest: NonNullable<SyntaxOptions['newest']> = { postgresql: 18 };

const emptyFacts: Facts = { config: defaultConfig, databases: [], redis: [], files: new Map(), scripts: new Map(), leftAlone: [], roleOf: new Map() };

/** Makes snapshots, one after the other, each from the facts of the one before. */
export class Computation {
  readonly #steps: Analysis;
  readonly #log: (message: string) => void;
  #facts: Facts | undefined;
  #lastDuration = 0;

  constructor(steps: Analysis, log: (message: string) => void) {
    this.#steps = steps;
    this.#log = log;
  }

  /** Milliseconds that the last whole computation took. */
  get lastDuration(): number {
    return this.#lastDuration;
  }

  /** Makes a snapshot; gives undefined when `overtaken` answers true between two steps. Throws what building the facts throws. */
  async run(work: Work, overtaken: () => boolean): Promise<Snapshot | undefined> {
    const begun = performance.now();
    const { config, problems } = configOf(new Map(work.files.map((file) => [file.path, file])), work.settings.rules);
    const facts = this.#steps.build(
      {
        files: work.files,
        config,
        applied: work.applied,
        leftAlone: work.leftAlone,
        ...(work.loose && { isolated: true, ...(work.settings.dialect && { forcedDialect: work.settings.dialect }) }),
      },
      this.#facts,
    );
    this.#facts = facts;
    await yieldToMessages();
    if (overtaken()) return undefined;
    const found = work.settings.enable ? this.#contained('the rules', () => this.#steps.check(facts, { all: work.settings.showApplied, log: this.#log })) : [];
    await yieldToMessages();
    if (overtaken()) return undefined;
    const syntax = work.settings.enable ? this.#contained('the grammar', () => this.#steps.syntax(judgedFacts(facts, work), work.authorities, { newest, ...(work.caret && { caret: work.caret }) })) : [];
    this.#lastDuration = performance.now() - begun;
    return snapshotOf(work, facts, mergeFindings(found, syntax), problems);
  }

  /** What stands when a computation failed: the findings before, else nothing. */
  afterFailure(revision: number, before: Snapshot | undefined): Snapshot {
    this.#facts = undefined;
    if (before) return { ...before, revision };
    return { revision, facts: emptyFacts, findings: [], byFile: new Map(), configProblems: [], versions: new Map() };
  }

  #contained(what: string, step: () => Finding[]): Finding[] {
    try {
      return step();
    } catch (error) {
      this.#log(`${what} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      return [];
    }
  }
}

/** Grammars judge open files only, unless the whole workspace is shown: they cost far more than rules. */
function judgedFacts(facts: Facts, { settings, open }: Work): Facts {
  if (settings.scope === 'workspace') return facts;
  return { ...facts, scripts: new Map([...facts.scripts].filter(([file]) => open.has(file))) };
}

function snapshotOf(work: Work, facts: Facts, findings: readonly Finding[], configProblems: readonly ConfigProblem[]): Snapshot {
  const versions = new Map<string, number>();
  for (const [path, { version }] of work.open) if (version !== undefined) versions.set(path, version);
  return { revision: work.revision, facts, findings, byFile: groupByFile(findings), configProblems, versions };
}
