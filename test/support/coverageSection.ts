import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { RenderRow } from './renderTruth.ts';

const page = new URL('../../docs/coverage.md', import.meta.url);
const head = '# Coverage\n\nWhat the tests found over all corpora, written by `DATABASE_EXPERT_WHOLE=1 npx vitest run test/truth`.\n';

/** Writes one section of docs/coverage.md anew and leaves the others. */
export function writeCoverageSection(title: string, lines: readonly string[]): void {
  const old = existsSync(page) ? readFileSync(page, 'utf8') : head;
  const [first, ...sections] = old.split(/^(?=## )/m);
  const made = `## ${title}\n\n${lines.join('\n')}\n`;
  const at = sections.findIndex((section) => section.startsWith(`## ${title}\n`));
  if (at < 0) sections.push(made);
  else sections[at] = made;
  writeFileSync(page, [first!, ...sections].map((part) => part.trimEnd()).join('\n\n') + '\n');
}

/** `99.53 %`. */
export function percent(same: number, compared: number): string {
  return `${(Math.floor((10_000 * same) / compared) / 100).toFixed(2)} %`;
}

/** Sums up rows, and lists the kinds in which something differs, each with its shortest example. */
export function summaryOf(rows: readonly RenderRow[]): { readonly compared: number; readonly same: number; readonly rest: string[] } {
  const total = (field: 'compared' | 'same') => rows.reduce((sum, row) => sum + row[field], 0);
  const rest = rows.flatMap(({ kind, examples }) => {
    const example = examples.map(([source]) => source.replaceAll(/\s+/g, ' ')).toSorted((a, b) => a.length - b.length)[0];
    return example === undefined ? [] : [`| ${kind} | ${examples.length} | \`${example.slice(0, 120).replaceAll('|', '\\|')}\` |`];
  });
  return { compared: total('compared'), same: total('same'), rest };
}
