import { DiagnosticSeverity, type Diagnostic } from 'vscode-languageserver/node';
import type { ExperimentEvidence } from '../../../protocol/evidence.ts';
import { findingKey, shownFindings } from '../features/findings.ts';
import { configFileName } from '../project/fileKinds.ts';
import type { Finding, Severity } from '../rules/rule.ts';
import type { Snapshot } from '../session/analysis.ts';
import type { ServerContext } from './context.ts';
import { Converter, locationOf } from './convert.ts';
import { ruleDocument } from './docs.ts';
import type { Folder } from './folders.ts';

/** The source that every diagnostic names. */
export const source = 'database-expert';

const levels: Record<Severity, DiagnosticSeverity> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

/** What is shown of one file: its findings, worst first, and for database-expert.yaml what is wrong with it. */
export function diagnosticsOf(context: ServerContext, folder: Folder, snapshot: Snapshot, path: string): Diagnostic[] {
  const converter = new Converter(snapshot, path);
  if (path === configFileName) return snapshot.configProblems.map(({ message, range }) => ({ range: converter.range(range), severity: DiagnosticSeverity.Warning, source, code: 'configuration', message }));
  const { shown, left } = shownFindings(snapshot.byFile.get(path) ?? []);
  const diagnostics = shown.map((finding) => diagnosticOf(context, folder, snapshot, converter, finding));
  if (left > 0) {
    const start = { line: 0, character: 0 };
    diagnostics.push({ range: { start, end: start }, severity: DiagnosticSeverity.Information, source, message: `${left} more findings in this file are not shown; the command line lists all: database-expert check ${path}` });
  }
  return diagnostics;
}

/** One finding as a diagnostic. */
export function diagnosticOf(context: ServerContext, folder: Folder, snapshot: Snapshot, converter: Converter, finding: Finding): Diagnostic {
  const { abilities, folders, options } = context;
  const page = abilities.codeDescription ? ruleDocument(finding.rule, options.documentation) : undefined;
  return {
    range: converter.range(finding.at.range),
    severity: levels[finding.severity],
    source,
    code: finding.rule,
    ...(page !== undefined && { codeDescription: { href: page } }),
    message: messageOf(finding),
    ...(abilities.relatedInformation &&
      finding.related.length > 0 && {
        relatedInformation: finding.related.map((related) => ({ location: locationOf(folders, folder, snapshot, related), message: related.message })),
      }),
    ...(abilities.diagnosticData && { data: { key: findingKey(finding) } }),
  };
}

const messages = new WeakMap<Finding, string>();

/** The parts of a message: what is wrong, why, what to do, and whether it was proved. */
function messageOf(finding: Finding): string {
  let text = messages.get(finding);
  if (text === undefined) {
    const { message, why, help, evidence = [] } = finding;
    messages.set(finding, (text = [message, why, help, ...evidence.flatMap(verdictLine)].filter((part) => part !== '').join('\n')));
  }
  return text;
}

/** One line for what was proved or refuted; the hover says what was seen. */
function verdictLine({ level, engine, version, observed }: ExperimentEvidence): string[] {
  if (level === 'proved') return [`Proved on ${engine} ${version}.`];
  return level === 'refuted' ? [`Refuted on ${engine} ${version}: ${observed}`] : [];
}

/** The files whose diagnostics the client is given without asking: those that are open, or all, and the configuration. */
export function publishedPaths({ session }: Folder, snapshot: Snapshot): string[] {
  const shown = session.settings.scope === 'workspace' ? [...snapshot.byFile.keys()] : [];
  return [...new Set([...session.openPaths(), ...shown, ...(snapshot.configProblems.length > 0 ? [configFileName] : [])])];
}
