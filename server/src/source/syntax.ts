/** What a dialect's own grammar says against a statement. */
export interface SyntaxProblem {
  readonly message: string;
  /** Statement-relative UTF-16 offset at which the grammar gave up. */
  readonly offset: number;
}

/**
 * The grammar of a dialect, injected from above because it lives in a binary.
 * Answers undefined when the statement is valid or nothing may be said of it.
 */
export interface SyntaxAuthority {
  check(statementText: string): SyntaxProblem | undefined;
}

/** Something that Prisma's own engine refuses in a schema; file offsets, UTF-16. */
export interface PrismaProblem {
  /** The file, as it was given; undefined when the engine names none. */
  readonly file?: string;
  readonly message: string;
  readonly start: number;
  readonly end: number;
  readonly isWarning: boolean;
}

/** Prisma's engine as the judge of schemas, injected for the same reason. Validates the files of one schema together. */
export interface PrismaJudge {
  lint(files: readonly (readonly [path: string, text: string])[]): readonly PrismaProblem[];
}
