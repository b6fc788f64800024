import { evidenceOf, weigh, type Evidence } from './detect/content.ts';
import { engineOfPath } from './detect/names.ts';
import type { Dialect } from './dialect.ts';

/** What a file's path and content say about its dialect. */
export interface Detection {
  /** The dialect, when the evidence is clear. */
  readonly dialect?: Dialect;
  /** Why the file is none of ours: another engine's SQL, or a template. A sentence for the user. */
  readonly foreign?: string;
  /** Set when only the content says so, which whoever knows the dialect may overrule. */
  readonly guessed?: true;
}

/** How far the best score must be ahead of the second, and how high it must be at least. */
const LEAD = 2;

/**
 * Guesses the dialect of a `.sql` file. A path that names an engine wins over the content; a file of an engine that
 * is not read is called foreign, with the reason. Answers nothing where the evidence is thin.
 * @param fileName the file's path, as much of it as is known, with `/` or `\`
 */
export function detectDialect(text: string, fileName: string): Detection {
  return judgeDialect([evidenceOf(text)], fileName);
}

/** The same for one text or several that belong together, of which the evidence has been taken already. */
export function judgeDialect(pieces: readonly Evidence[], fileName: string): Detection {
  const named = engineOfPath(fileName);
  if (named.foreign && !named.ambiguous) return { foreign: foreignName(named.foreign) };
  const { dialects, foreign } = weigh(pieces);
  const ranked = [...dialects].sort((a, b) => b[1] - a[1]);
  const best = ranked[0]?.[1] ?? 0;
  if (foreign && isTemplate(foreign.engine)) return { foreign: foreignContent(foreign) };
  if (named.dialect) return { dialect: named.dialect };
  if (foreign && foreign.score >= 4 && foreign.score > best) return { foreign: foreignContent(foreign), guessed: true };
  if (named.foreign && best < 4) return { foreign: foreignName(named.foreign) };
  if (best >= LEAD && best - (ranked[1]?.[1] ?? 0) >= LEAD) return { dialect: ranked[0]![0] };
  return {};
}

function isTemplate(engine: string): boolean {
  return engine.endsWith('template');
}

function foreignName(engine: string): string {
  return `The path says that this file is for ${engine}, which is not read.`;
}

function foreignContent({ engine, evidence }: { engine: string; evidence: string }): string {
  return `This looks like ${engine} (\`${evidence.replaceAll('`', '')}\`), which is not read.`;
}
