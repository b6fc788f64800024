import type { AlterAction } from './ast.ts';

/** Each member of a union without its range, for readers whose caller knows the range. */
export type WithoutRange<T> = T extends unknown ? Omit<T, 'range'> : never;

/** An action of ALTER TABLE before its range is known. */
export type BareAction = WithoutRange<AlterAction>;
