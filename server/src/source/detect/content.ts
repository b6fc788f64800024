import { isDialect, type Dialect } from '../dialect.ts';
import { codeMarks, rawMarks, type Mark } from './marks.ts';

/** How much of a file is looked at, UTF-16 units; the rest is more of the same. */
const sampleLength = 65_536;

/** The part of a text that its evidence is taken from: texts with the same sample give the same evidence. */
export function sampleOf(text: string): string {
  return text.length <= sampleLength ? text : text.slice(0, sampleLength);
}

/** The marks found in a text, each with the text that matched. */
export type Evidence = ReadonlyMap<Mark, string>;

/** Scores of what the content of one or several texts says; nothing of it when 0. */
export interface ContentVerdict {
  readonly dialects: ReadonlyMap<Dialect, number>;
  readonly foreign?: { readonly engine: string; readonly score: number; readonly evidence: string };
}

/** The character code in lower case where it can stand in a word; 0 otherwise. */
const wordCodes = Uint8Array.from({ length: 128 }, (_, code) => (/\w/.test(String.fromCharCode(code)) ? String.fromCharCode(code).toLowerCase().charCodeAt(0) : 0));
const underscore = 95;

/** A hash carried from character to character of a word in lower case; equal words have equal hashes. */
function carry(hash: number, code: number): number {
  return (Math.imul(hash, 31) + code) | 0;
}

/** Finds marks without running the pattern of each over the text: only those whose trigger occurs are tried. */
class MarkFinder {
  readonly #marks: readonly Mark[];
  /** By the hash of a word, or of its beginning up to the first underscore. */
  readonly #words = new Map<number, number[]>();
  /** By character code. */
  readonly #characters: (number[] | undefined)[] = [];
  readonly #triggered: Uint8Array;

  constructor(marks: readonly Mark[]) {
    this.#marks = marks;
    this.#triggered = new Uint8Array(marks.length);
    for (const [mark, { triggers }] of marks.entries()) {
      for (const trigger of triggers.split(' ')) {
        if (/\w/.test(trigger)) {
          let hash = 0;
          for (let i = 0; i < trigger.length; i++) hash = carry(hash, trigger.charCodeAt(i));
          this.#words.set(hash, [...(this.#words.get(hash) ?? []), mark]);
        } else {
          const code = trigger.charCodeAt(0);
          this.#characters[code] = [...(this.#characters[code] ?? []), mark];
        }
      }
    }
  }

  /** Whether each mark has a trigger in the text, until the next call; hashes may, rarely, claim one too many. */
  #trigger(text: string): Uint8Array {
    const triggered = this.#triggered.fill(0);
    const call = (marks: readonly number[] | undefined) => {
      if (marks) for (const mark of marks) triggered[mark] = 1;
    };
    for (let i = 0; i < text.length; ) {
      let code = text.charCodeAt(i);
      if (code >= 128 || wordCodes[code] === 0) {
        if (code < 128) call(this.#characters[code]);
        i++;
        continue;
      }
      let hash = 0;
      let beginnings = 0;
      for (; i < text.length && (code = text.charCodeAt(i)) < 128 && wordCodes[code] !== 0; i++) {
        hash = carry(hash, wordCodes[code]!);
        if (code === underscore && beginnings++ === 0) call(this.#words.get(hash));
      }
      call(this.#words.get(hash));
    }
    return triggered;
  }

  /** Adds the marks that the text holds, each with the text that matched. */
  find(text: string, found: Map<Mark, string>): void {
    const triggered = this.#trigger(text);
    for (let index = 0; index < triggered.length; index++) {
      if (triggered[index] === 0) continue;
      const mark = this.#marks[index]!;
      const match = mark.pattern.exec(text)?.[0];
      if (match !== undefined) found.set(mark, match);
    }
  }
}

const finder = new MarkFinder(codeMarks);

/** Evidence that is shared by the many texts in which the same marks were found. */
const shared = new Map<string, Evidence>();
const mostShared = 1000;

/** Collects the marks of the engines in a text, outside its comments and strings. Linear in a bounded sample. */
export function evidenceOf(text: string): Evidence {
  const sample = sampleOf(text);
  const code = sample.replace(/--[^\n]*|\/\*[^]*?\*\/|'(?:[^'\\]|\\.|'')*'/g, (piece) => (piece[0] === "'" ? "''" : ' '));
  const found = new Map<Mark, string>();
  finder.find(code, found);
  for (const [literal, mark] of rawMarks) if (sample.includes(literal) && mark.pattern.test(sample)) found.set(mark, literal);
  let key = '';
  for (const [mark, match] of found) key += isDialect(mark.engine) ? `${mark.id} ` : `${mark.id} ${match}\n`;
  const known = shared.get(key);
  if (known) return known;
  if (shared.size >= mostShared) shared.clear();
  shared.set(key, found);
  return found;
}

const verdicts = new WeakMap<Evidence, ContentVerdict>();

/** Weighs what was found in one text, or in several that belong together; a mark counts once. */
export function weigh(pieces: readonly Evidence[]): ContentVerdict {
  const different = pieces.length === 1 ? pieces : [...new Set(pieces)];
  const [only] = different;
  if (!only || different.length > 1) return weighMarks(new Map(different.toReversed().flatMap((piece) => [...piece])));
  let verdict = verdicts.get(only);
  if (!verdict) verdicts.set(only, (verdict = weighMarks(only)));
  return verdict;
}

function weighMarks(found: Evidence): ContentVerdict {
  const dialects = new Map<Dialect, number>();
  const others = new Map<string, { score: number; evidence: string; weight: number }>();
  for (const [{ engine, weight }, match] of found) {
    if (isDialect(engine)) {
      dialects.set(engine, (dialects.get(engine) ?? 0) + weight);
      continue;
    }
    const known = others.get(engine) ?? { score: 0, evidence: '', weight: 0 };
    const evidence = weight > known.weight ? match.trim().replace(/\s+/g, ' ').slice(0, 40) : known.evidence;
    others.set(engine, { score: known.score + weight, evidence, weight: Math.max(weight, known.weight) });
  }
  const [best] = [...others].sort((a, b) => b[1].score - a[1].score);
  return best ? { dialects, foreign: { engine: best[0], score: best[1].score, evidence: best[1].evidence } } : { dialects };
}
