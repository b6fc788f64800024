import { shift, type TextRange } from '../text/range.ts';
import type { Statement } from './statement.ts';

/**
 * A place in a file that follows its statement: `range` is where it stands now, in file offsets. A copy made by
 * spreading, JSON or a message to another thread keeps the range of that moment.
 */
export class LivePlace {
  readonly file: string;
  declare readonly range: TextRange;
  readonly #statement: Statement;
  readonly #within: TextRange;

  // One accessor shared by all places: it is the object's own, and so serialised, but costs no closure.
  static readonly #range: PropertyDescriptor & ThisType<LivePlace> = {
    enumerable: true,
    get(): TextRange {
      return shift(this.#within, this.#statement.start);
    },
  };

  constructor(statement: Statement, file: string, within: TextRange) {
    this.file = file;
    this.#statement = statement;
    this.#within = within;
    Object.defineProperty(this, 'range', LivePlace.#range);
  }

  get statement(): Statement {
    return this.#statement;
  }

  /** The range relative to the statement, which never changes. */
  get within(): TextRange {
    return this.#within;
  }
}

/**
 * A place of `statement` that moves with it.
 * @param file the path of the statement's file
 * @param range relative to the statement
 */
export function livePlace(statement: Statement, file: string, range: TextRange): LivePlace {
  return new LivePlace(statement, file, range);
}
