import { isMySql, type Dialect } from '../../source/dialect.ts';
import type { Check, Column, ForeignKey, Index, Key, KeyPart, Policy, Table, Trigger } from '../catalog.ts';
import { comparableExpression, looseExpression } from '../expressions.ts';
import { renderCheck, renderColumn, renderForeignKey, renderIndex, renderPolicy, renderPrimaryKey, renderUnique } from '../render/pieces.ts';
import type { DifferentObject } from './difference.ts';

/** How one kind of part of a table is compared: what tells two apart, and how it reads. */
export interface PartComparison<T> {
  readonly object: DifferentObject;
  readonly name: (item: T) => string | undefined;
  /** Equal texts mean the same thing; the name is not part of it. */
  readonly shape: (item: T) => string;
  readonly text: (item: T) => string;
}

interface Comparisons {
  readonly column: PartComparison<Column>;
  readonly primaryKey: PartComparison<Key>;
  readonly unique: PartComparison<Key>;
  readonly foreignKey: PartComparison<ForeignKey>;
  readonly check: PartComparison<Check>;
  readonly exclusion: PartComparison<Table['exclusions'][number]>;
  readonly index: PartComparison<Index>;
  readonly policy: PartComparison<Policy>;
  readonly trigger: PartComparison<Trigger>;
}

/** The comparisons of the parts of a table. */
export function partComparisons(dialect: Dialect, table: Table): Comparisons {
  const shape = new Shapes(dialect);
  const name = (item: { readonly name?: string }) => item.name;
  return {
    column: { object: 'column', name, shape: (column) => shape.column(column), text: (column) => renderColumn(dialect, column) },
    primaryKey: {
      object: 'primaryKey',
      name: (key) => (isMySql(dialect) ? 'PRIMARY' : key.name),
      shape: (key) => shape.key(key),
      text: (key) => renderPrimaryKey(dialect, key),
    },
    unique: { object: 'unique', name, shape: (key) => shape.key(key), text: (key) => renderUnique(dialect, key) },
    foreignKey: { object: 'foreignKey', name, shape: (key) => shape.foreignKey(key), text: (key) => renderForeignKey(dialect, key) },
    check: { object: 'check', name, shape: (check) => `${shape.loose(check.expression)} ${check.validated}`, text: (check) => renderCheck(dialect, check) },
    exclusion: { object: 'exclusion', name, shape: ({ text }) => shape.loose(text), text: ({ text }) => text },
    index: { object: 'index', name, shape: (index) => shape.index(index), text: (index) => renderIndex(dialect, table, index) },
    policy: { object: 'policy', name, shape: (policy) => shape.policy(policy), text: (policy) => renderPolicy(dialect, table, policy) },
    trigger: { object: 'trigger', name, shape: ({ text, enabled, fires }) => `${comparableExpression(dialect, text)} ${enabled ?? true} ${fires ?? ''}`, text: ({ text }) => text },
  };
}

/** Texts that are equal exactly when two things mean the same. */
class Shapes {
  readonly #dialect: Dialect;

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  loose(text: string | undefined): string {
    return text === undefined ? '' : looseExpression(this.#dialect, text);
  }

  #fold(name: string | undefined): string {
    if (name === undefined) return '';
    return this.#dialect === 'postgresql' ? name : name.toLowerCase();
  }

  #names(names: readonly string[] | undefined): string[] {
    return (names ?? []).map((name) => this.#fold(name));
  }

  column(column: Column): string {
    return JSON.stringify([
      this.#dialect === 'sqlite' ? column.type.toLowerCase() : column.type,
      column.nullable,
      this.loose(column.default),
      this.loose(column.generated?.expression),
      column.identity,
      column.identityOptions,
      column.autoIncrement ?? false,
      column.collation,
      column.onUpdate?.toLowerCase(),
      column.comment,
    ]);
  }

  key(key: Key): string {
    const sorting = key.sorting?.map(({ order, collation }) => [order, this.#fold(collation)]);
    const flags = [key.nullsNotDistinct ?? false, key.withoutOverlaps ?? false, key.deferrable ?? false, key.initiallyDeferred ?? false, key.notRowId ?? false];
    return JSON.stringify([this.#names(key.columns), sorting, this.#names(key.include), flags]);
  }

  foreignKey(key: ForeignKey): string {
    const { schema, table, columns } = key.references;
    const target = [this.#fold(schema), this.#fold(table), this.#names(columns)];
    const flags = [key.deferrable ?? false, key.initiallyDeferred ?? false, key.validated, key.period ?? false, key.notEnforced ?? false];
    return JSON.stringify([this.#names(key.columns), target, key.onDelete, key.onUpdate, key.match, flags]);
  }

  index(index: Index): string {
    const parts = index.parts.map((part) => this.#part(part));
    return JSON.stringify([parts, index.unique, index.method, this.loose(index.where), this.#names(index.include), index.nullsNotDistinct ?? false, index.special]);
  }

  #part(part: KeyPart): unknown[] {
    return [this.#fold(part.column), this.loose(part.expression), part.order, part.nulls, part.prefixLength, part.operatorClass, part.collation];
  }

  policy(policy: Policy): string {
    return JSON.stringify([policy.command, policy.permissive, policy.roles, this.loose(policy.using), this.loose(policy.check)]);
  }
}
