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
