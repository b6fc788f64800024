import { engineText } from '../source/prisma/engineText.ts';
import { readPrisma } from '../source/prisma/read.ts';
import type { PrismaJudge, PrismaProblem } from '../source/syntax.ts';

/** Prisma's own opinion of schemas, the engine being version 7. */
export interface PrismaAuthority extends PrismaJudge {
  /**
   * Validates the files of one schema together. Empty for a schema marked for Prisma Next, whose grammar is another,
   * and after a crash of the engine.
   */
  lint(files: readonly (readonly [path: string, text: string])[]): PrismaProblem[];
}

let authority: Promise<PrismaAuthority> | undefined;

/**
 * Loads @prisma/internals, once; the first call takes a second or two.
 * @throws Error when the package or its WebAssembly file is missing
 */
export function loadPrismaAuthority(): Promise<PrismaAuthority> {
  authority ??= load().catch((error: unknown) => {
    authority = undefined;
    throw error;
  });
  return authority;
}

async function load(): Promise<PrismaAuthority> {
  const internals = await import('./prismaInternals.ts');
  const features = new Set(internals.previewFeatures());
  // A panic leaves the engine's memory in an unknown state; it is not asked again.
  let crashed = false;
  const ask = <T>(question: () => T, otherwise: T): T => {
    if (crashed) return otherwise;
    try {
      return question();
    } catch {
      crashed = true;
      return otherwise;
    }
  };
  const memo = new Map<string, PrismaProblem[]>();
  return {
    lint(files) {
      const key = files.map(([path, text]) => `${path}\0${text}`).join('\0');
      const known = memo.get(key);
      if (known) return known;
      if (files.some(([, text]) => readPrisma(text).prismaNext)) return [];
      const accepted = files.map(([path, text]) => [path, engineText(text, features)] as const);
      const problems = ask(() => internals.lint(accepted), []).map((remark) => ({
        file: remark.file_name,
        message: remark.text,
        start: remark.start,
        end: remark.end,
        isWarning: remark.is_warning,
      }));
      if (memo.size >= 16) memo.clear();
      memo.set(key, problems);
      return problems;
    },
  };
}
