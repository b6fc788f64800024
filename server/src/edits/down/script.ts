/** Something that a down migration cannot bring back. */
export interface Loss {
  /** What is lost, as a noun: `the values of users.phone`. */
  readonly what: string;
  /** Why, as a clause: `dropped with the column`. */
  readonly why: string;
}

/** A down migration, with an honest account of how far it goes. */
export interface DownScript {
  /** Statements with their terminators, LF line ends; each lossy step stands below its `-- irreversible:` comment. Empty when there is nothing to undo. */
  readonly sql: string;
  /** The statements without comments and terminators, in order. */
  readonly statements: readonly string[];
  readonly pieces: readonly DownPiece[];
  readonly lossy: readonly Loss[];
  /** Whether running it after the up gives the schema from before back, shown by folding it over the catalog. */
  readonly complete: boolean;
  /** Why it is not complete: what differs or could not be undone. */
  readonly reason?: string;
}

/** One statement of a down migration, or, without SQL, only a remark in its place. */
export interface DownPiece {
  readonly sql?: string;
  readonly losses?: readonly Loss[];
  /** Plain remarks for whoever reads the script: conditions under which the statement fails, order that is not kept. */
  readonly notes?: readonly string[];
}

/**
 * The text of a script made of pieces.
 * @param wrap how a statement that holds semicolons of its own is set apart, where the runner asks for that.
 */
export function renderPieces(pieces: readonly DownPiece[], wrap: (statement: string) => string = (statement) => statement): string {
  return pieces
    .map(({ sql, losses = [], notes = [] }) => {
      const comments = [...losses.map(({ what, why }) => `-- irreversible: ${what} (${why})`), ...notes.map((note) => `-- ${note}`)];
      const statement = sql === undefined ? [] : [sql.includes(';') ? wrap(`${sql};`) : `${sql};`];
      return [...comments.map((comment) => comment.replace(/[\r\n]+/gu, ' ')), ...statement].join('\n');
    })
    .filter((text) => text !== '')
    .map((text) => `${text}\n`)
    .join('');
}
