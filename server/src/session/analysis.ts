import { buildFacts, type ProjectInput } from '../project/build.ts';
import type { Config, ConfigProblem } from '../project/config.ts';
import type { Facts, SourceFile } from '../project/facts.ts';
import { configFileName } from '../project/fileKinds.ts';
import { readConfig } from '../project/readConfig.ts';
import { byPlace, checkWorkspace } from '../rules/engine.ts';
import { rules } from '../rules/index.ts';
import type { Finding } from '../rules/rule.ts';
import { syntaxErrorRule, syntaxFindings, type Authorities, type SyntaxOptions } from '../rules/syntax.ts';

/** The three steps from files to findings. Tests put a failing step in the place of one. */
export interface Analysis {
  build(input: ProjectInput, previous: Facts | undefined): Facts;
  check(facts: Facts, options: { readonly all: boolean; readonly log: (message: string) => void }): Finding[];
  syntax(facts: Facts, authorities: Authorities, options: SyntaxOptions): Finding[];
}

/** The steps as they are outside tests. */
export const analysis: Analysis = { build: buildFacts, check: checkWorkspace, syntax: syntaxFindings };

/** Everything known of a workspace folder at one revision. Immutable. */
export interface Snapshot {
  readonly revision: number;
  readonly facts: Facts;
  /** All findings, ordered by place. */
  readonly findings: readonly Finding[];
  readonly byFile: ReadonlyMap<string, readonly Finding[]>;
  readonly configProblems: readonly ConfigProblem[];
  /** Versions of the open files that the snapshot was made from. */
  readonly versions: ReadonlyMap<string, number>;
}

const ruleIds = [...rules.map((rule) => rule.id), syntaxErrorRule];

/** Groups findings by file, keeping their order. */
export function groupByFile(findings: readonly Finding[]): Map<string, Finding[]> {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const group = groups.get(finding.at.file);
    if (group) group.push(finding);
    else groups.set(finding.at.file, [finding]);
  }
  return groups;
}

/** One ordered list of what the rules and the grammars say. */
export function mergeFindings(...lists: readonly (readonly Finding[])[]): Finding[] {
  return lists.flat().sort(byPlace);
}

/** The configuration of a folder: its file, with the levels that the editor's settings give where the file gives none. */
export function configOf(files: ReadonlyMap<string, SourceFile>, levels: Config['rules']): { readonly config: Config; readonly problems: readonly ConfigProblem[] } {
  const { config, problems } = readConfig(files.get(configFileName)?.text ?? '', configFileName, { ruleIds });
  return { config: { ...config, rules: { ...levels, ...config.rules } }, problems };
}
