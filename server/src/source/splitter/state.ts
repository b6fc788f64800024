/** What the splitter carries across the beginning of a statement: with it, splitting can go on from there. */
export interface EntryState {
  /** What ends a statement; MySQL's client can change it. */
  readonly delimiter: string;
  /** Whether the statement begins inside a comment whose content MySQL executes. */
  readonly insideVersionComment: boolean;
  /** Whether the token before could be an operand. */
  readonly afterOperand: boolean;
  /** Whether a template's control stands before the statement and counts to it. */
  readonly hasHole: boolean;
  /** Whether the statement stands in a block that its runner sends whole, which may yet be joined to one statement. */
  readonly insideBlock: boolean;
}

/** How every text begins, and nearly every statement. */
export const initialState: EntryState = {
  delimiter: ';',
  insideVersionComment: false,
  afterOperand: false,
  hasHole: false,
  insideBlock: false,
};

export function isSameState(a: EntryState, b: EntryState): boolean {
  return (
    a === b ||
    (a.delimiter === b.delimiter &&
      a.insideVersionComment === b.insideVersionComment &&
      a.afterOperand === b.afterOperand &&
      a.hasHole === b.hasHole &&
      a.insideBlock === b.insideBlock)
  );
}
