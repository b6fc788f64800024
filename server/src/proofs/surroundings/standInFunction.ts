import { renderName } from '../../schema/quote.ts';

/** A function that no history makes, made up so that what calls it can run. */
export interface StandInFunction {
  readonly schema?: string;
  readonly name: string;
  /** `auth.uid() returns uuid` */
  readonly signature: string;
  /** The statement that makes it. */
  readonly sql: string;
  /** Set where what it gives is not known, and only its type is, from its use: the statement that makes it give nothing instead. */
  readonly silent?: string;
}

/** A function by its name, as it is called. */
export interface CalledName {
  readonly schema?: string;
  readonly name: string;
}

/** `app.org(uuid) returns text` */
export function signatureOf({ schema, name }: CalledName, parameters: readonly string[], returns: string): string {
  return `${renderName('postgresql', schema, name)}(${parameters.join(', ')}) returns ${returns}`;
}
