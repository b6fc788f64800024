import type { MappedModel, PrismaContext } from '../../schema/prisma/context.ts';
import { quoteIdentifier, quoteString } from '../../schema/quote.ts';
import type { CodeEntry, CodeValue } from '../../source/code/values.ts';
import { isMySql } from '../../source/dialect.ts';
import type { PrismaField } from '../../source/prisma/ast.ts';

type ObjectValue = Extract<CodeValue, { kind: 'object' }>;

const comparisons: ReadonlyMap<string, string> = new Map([['lt', '<'], ['lte', '<='], ['gt', '>'], ['gte', '>=']]);
const matches: ReadonlySet<string> = new Set(['contains', 'startsWith', 'endsWith']);

/**
 * Writes what stands in `where` of one call as SQL conditions (Prisma Client reference, Filter conditions and operators). A part that
 * is not written out, may be undefined, or concerns a relation, a list or JSON is not decided, and neither is the whole then.
 */
export class ConditionWriter {
  readonly #context: PrismaContext;
  readonly #mapped: MappedModel;
  readonly #fields: ReadonlyMap<string, PrismaField>;
  #parameters = 0;

  constructor(context: PrismaContext, mapped: MappedModel) {
    this.#context = context;
    this.#mapped = mapped;
    this.#fields = new Map(mapped.model.fields.map((field) => [field.name, field]));
  }

  /** The next parameter, as the dialect writes it. */
  parameter(): string {
    return this.#context.dialect === 'postgresql' ? `$${++this.#parameters}` : '?';
  }

  /** A column by its field; undefined when the field has none. */
  column(field: string): string | undefined {
    const column = this.#mapped.columns.get(field);
    return column === undefined ? undefined : quoteIdentifier(this.#context.dialect, column);
  }

  /** The conditions of an object, joined; empty when it has none, undefined when they are not decided. */
  where(value: CodeValue): string | undefined {
    if (value.kind !== 'object' || value.open) return undefined;
    const parts = value.entries.map((entry) => (isAbsent(entry.value) ? '' : this.#entry(entry)));
    return all(parts, ' AND ');
  }

  #entry({ key, value }: CodeEntry): string | undefined {
    switch (key) {
      case 'AND':
        return all(itemsOf(value).map((one) => this.where(one)), ' AND ');
      case 'OR':
        return this.#group('', value, ' OR ');
      case 'NOT':
        return this.#group('NOT ', value, ' AND ');
      default:
        return this.#field(key, value);
    }
  }

  #group(before: string, value: CodeValue, between: string): string | undefined {
    const parts = itemsOf(value).map((one) => this.where(one));
    // An alternative without conditions is no condition that can be written here.
    const inner = parts.includes('') ? undefined : all(parts.map((part) => part && `(${part})`), between);
    return inner && `${before}(${inner})`;
  }

  #field(name: string, value: CodeValue): string | undefined {
    const field = this.#fields.get(name);
    const column = this.column(name);
    if (!field || column === undefined || field.list || field.type === 'Json') return undefined;
    if (value.kind !== 'object') return this.#equals(column, field, value);
    if (value.open || value.entries.length === 0) return undefined;
    const insensitive = value.entries.some(({ key }) => key === 'mode');
    const operators = value.entries.filter((entry) => entry.key !== 'mode' && !isAbsent(entry.value));
    return all(operators.map((operator) => this.#operator(insensitive ? `lower(${column})` : column, field, operator)), ' AND ');
  }

  #operator(column: string, field: PrismaField, { key, value }: CodeEntry): string | undefined {
    if (value.kind === 'object' || (value.kind === 'expression' && value.optional)) return undefined;
    const comparison = comparisons.get(key);
    if (comparison !== undefined) return `${column} ${comparison} ${this.#literal(field, value)}`;
    if (matches.has(key)) return `${column} LIKE ${this.#pattern(key, value)}`;
    if (key === 'equals') return this.#equals(column, field, value);
    if (key === 'not') return isNull(value) ? `${column} IS NOT NULL` : `${column} <> ${this.#literal(field, value)}`;
    if (key === 'in') return `${column} IN ${this.#list(field, value)}`;
    return key === 'notIn' ? `${column} NOT IN ${this.#list(field, value)}` : undefined;
  }

  #equals(column: string, field: PrismaField, value: CodeValue): string | undefined {
    if (isNull(value)) return `${column} IS NULL`;
    if (value.kind === 'array' || (value.kind === 'expression' && value.optional)) return undefined;
    return `${column} = ${this.#literal(field, value)}`;
  }

  #list(field: PrismaField, value: CodeValue): string {
    const items = value.kind === 'array' && !value.open && value.items.length > 0 ? value.items.map((item) => this.#literal(field, item)) : [this.parameter(), this.parameter()];
    return `(${items.join(', ')})`;
  }

  /** A pattern of LIKE where it is written out, else a parameter, of which nobody knows how it begins. */
  #pattern(key: string, value: CodeValue): string {
    if (value.kind !== 'text' || /[%_\\]/.test(value.text)) return this.parameter();
    return quoteString(this.#context.dialect, `${key === 'startsWith' ? '' : '%'}${value.text}${key === 'endsWith' ? '' : '%'}`);
  }

  /** A constant that means the same in SQL, else a parameter. */
  #literal(field: PrismaField, value: CodeValue): string {
    const { dialect, enums } = this.#context;
    if (value.kind === 'text' && enums.has(field.type)) {
      const member = enums.get(field.type)!.block.values.find(({ name }) => name === value.text);
      return member ? quoteString(dialect, member.map ?? member.name) : this.parameter();
    }
    if (value.kind === 'text' && field.type === 'String' && !value.text.includes('\\')) return quoteString(dialect, value.text);
    if (value.kind === 'number' && /^\d+$/.test(value.text)) return value.text;
    if (value.kind === 'constant' && typeof value.value === 'boolean') return isMySql(dialect) || dialect === 'sqlite' ? String(Number(value.value)) : String(value.value);
    return this.parameter();
  }
}

/** Prisma leaves out what is undefined. */
export function isAbsent(value: CodeValue): boolean {
  return value.kind === 'constant' && value.value === undefined;
}

function isNull(value: CodeValue): boolean {
  return value.kind === 'constant' && value.value === null;
}

/** The objects of a value that may be one or several. */
function itemsOf(value: CodeValue): readonly CodeValue[] {
  if (value.kind !== 'array') return [value];
  return value.open ? [{ kind: 'expression', optional: true }] : value.items;
}

/** The parts that say something, joined; undefined when one is not decided. */
function all(parts: readonly (string | undefined)[], between: string): string | undefined {
  return parts.includes(undefined) ? undefined : parts.filter((part) => part !== '').join(between);
}

/** The value of an entry of an object; undefined when it has none, or Prisma leaves it out. */
export function entryOf({ entries }: ObjectValue, key: string): CodeValue | undefined {
  const value = entries.find((entry) => entry.key === key)?.value;
  return value && isAbsent(value) ? undefined : value;
}
