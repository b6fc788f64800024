import { advanceFacts, type Caret } from '../project/advance.ts';
import { buildFacts, type ProjectInput } from '../project/build.ts';
import type { Config, ConfigProblem } from '../project/config.ts';
import type { Facts, SourceFile } from '../project/facts.ts';
import { configFileName } from '../project/fileKinds.ts';
import type { Preparation } from '../project/preparation.ts';
import { readConfig } from '../project/readConfig.ts';
import { byPlace, checkFiles } from '../rules/engine.ts';
import { rules } from '../rules/index.ts';
import type { Finding } from '../rules/rule.ts';
import { syntaxErrorRule, syntaxFindings, type Authorities, type SyntaxOptions } from '../rules/syntax.ts';

/** Findings of the files that have any, ordered by place. */
export type FindingsByFile = ReadonlyMap<string, readonly Finding[]>;

/** The steps from files to findings. Tests put a failing step in the place of one. */
export interface Analysis {
  build(input: ProjectInput, previous: Facts | undefined, prepared?: Preparation): Facts;
  /** The facts after edits of files whose place is known; undefined when they have to be built. */
  advance(previous: Facts, edited: readonly SourceFile[], caret: Caret | undefined): Facts | undefined;
  check(facts: Facts, options: { readonly all: boolean; readonly log: (message: string) => void }): FindingsByFile;
  syntax(facts: Facts, authorities: Authorities, options: SyntaxOptions): Finding[];
}

/** The steps as they are outside tests. */
export const analysis: Analysis = { build: buildFacts, advance: advanceFacts, check: checkFiles, syntax: syntaxFindings };

/**
 * Everything known of a workspace folder at one revision. It holds until there is a newer one: positions then are those of the
 * newer texts.
 */
export interface Snapshot {
  readonly revision: number;
  readonly facts: Facts;
  readonly byFile: FindingsByFile;
  readonly configProblems: readonly ConfigProblem[];
  /** Versions of the open files that the snapshot was made from. */
  readonly versions: ReadonlyMap<string, number>;
}

const ruleIds = [...rules.map((rule) => rule.id), syntaxErrorRule];

/** All findings of a snapshot, ordered by place. */
export function allFindings({ byFile }: Pick<Snapshot, 'byFile'>): readonly Finding[] {
  return [...byFile.keys()].sort().flatMap((file) => byFile.get(file)!);
}

/** What the rules say, with what the grammars say put in its place. Files of which the grammars say nothing keep their very list. */
export function withSyntax(found: FindingsByFile, syntax: readonly Finding[]): FindingsByFile {
  if (syntax.length === 0) return found;
  const merged = new Map(found);
  for (const finding of syntax) merged.set(finding.at.file, [...(merged.get(finding.at.file) ?? []), finding]);
  for (const file of new Set(syntax.map(({ at }) => at.file))) merged.set(file, [...merged.get(file)!].sort(byPlace));
  return merged;
}

/** The configuration of a folder: its file, with the levels that the editor's settings give where the file gives none. */
export function configOf(text: string | undefined, levels: Config['rules']): { readonly config: Config; readonly problems: readonly ConfigProblem[] } {
  const { config, problems } = readConfig(text ?? '', configFileName, { ruleIds });
  return { config: { ...config, rules: { ...levels, ...config.rules } }, problems };
}
