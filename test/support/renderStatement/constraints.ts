import type { Dialect } from '../../../server/src/source/dialect.ts';
import { isMySql } from '../../../server/src/source/dialect.ts';
import type { ColumnConstraint, ExcludePart, References, TableConstraint, TableOption } from '../../../server/src/source/sql/ast.ts';
import { renderParts } from './indexParts.ts';
import { bracketed, clauses, identifier, identifiers, literal, parameters, qualified, splitOptions, words, type Piece } from './text.ts';

type Constraint = ColumnConstraint | TableConstraint;
type Of<K extends ColumnConstraint['kind']> = Extract<ColumnConstraint, { kind: K }>;

const columnForms: { readonly [K in ColumnConstraint['kind']]: (dialect: Dialect, constraint: Of<K>) => string } = {
  notNull: () => 'NOT NULL',
  null: () => 'NULL',
  default: (_dialect, { expression }) => `DEFAULT ${expression.text}`,
  generated: (dialect, one) => words(generatedWords(dialect, one), `AS (${one.expression.text})`, one.storage),
  identity: (_dialect, { always, sequence }) => words('GENERATED', always ? 'ALWAYS' : 'BY DEFAULT', 'AS IDENTITY', sequence && `(${clauses(sequence)})`),
  autoIncrement: (dialect) => (dialect === 'sqlite' ? 'AUTOINCREMENT' : 'AUTO_INCREMENT'),
  primaryKey: (dialect, one) => words('PRIMARY KEY', one.order?.toUpperCase(), onConflict(one), one.autoIncrement && 'AUTOINCREMENT', keyOptions(dialect, one)),
  unique: (dialect, one) => words('UNIQUE', one.nullsNotDistinct && 'NULLS NOT DISTINCT', onConflict(one), keyOptions(dialect, one)),
  references: (dialect, { references }) => renderReferences(dialect, references),
  check: (_dialect, { expression }) => `CHECK (${expression.text})`,
  collate: (_dialect, { collation }) => `COLLATE ${collation}`,
  comment: (dialect, { text }) => `COMMENT ${literal(dialect, text)}`,
  onUpdate: (_dialect, { expression }) => `ON UPDATE ${expression.text}`,
  option: (_dialect, { option, value }) => words(option ?? '<opaque>', value),
};

function generatedWords(dialect: Dialect, { always }: Of<'generated'>): Piece {
  if (always === undefined) return dialect === 'postgresql' && 'GENERATED ALWAYS';
  return always;
}

const withConflict: ReadonlySet<string> = new Set(['notNull', 'null', 'check']);

/** A constraint or attribute of a column. */
export function renderColumnConstraint(dialect: Dialect, constraint: ColumnConstraint): string {
  const form = (columnForms[constraint.kind] as (dialect: Dialect, constraint: ColumnConstraint) => string)(dialect, constraint);
  return words(symbol(dialect, constraint), form, withConflict.has(constraint.kind) && onConflict(constraint), attributes(constraint));
}

function symbol(dialect: Dialect, { name }: Constraint): Piece {
  return name && `CONSTRAINT ${identifier(dialect, name)}`;
}

/** A constraint or key of a table. */
export function renderTableConstraint(dialect: Dialect, constraint: TableConstraint): string {
  if (isMySql(dialect)) return renderMySqlConstraint(dialect, constraint);
  return words(symbol(dialect, constraint), tableForm(dialect, constraint), 'onConflict' in constraint && onConflict(constraint), attributes(constraint));
}

/** MySQL names keys by their index, not by CONSTRAINT. */
function renderMySqlConstraint(dialect: Dialect, constraint: TableConstraint): string {
  const { kind, name } = constraint;
  const guard = constraint.ifNotExists && 'IF NOT EXISTS';
  if (kind === 'unique' || kind === 'primaryKey' || kind === 'index') {
    return words(keyWords(constraint), guard, name && identifier(dialect, name), keyMethod(constraint), renderParts(dialect, constraint.columns), keyOptions(dialect, { options: constraint.options }));
  }
  const named = name && words('CONSTRAINT', kind !== 'foreignKey' && guard, identifier(dialect, name));
  return words(named, tableForm(dialect, constraint), attributes(constraint));
}

function keyWords(constraint: Extract<TableConstraint, { kind: 'unique' | 'primaryKey' | 'index' }>): string {
  if (constraint.kind === 'primaryKey') return 'PRIMARY KEY';
  if (constraint.kind === 'unique') return 'UNIQUE KEY';
  return words(constraint.method === 'vector' ? 'VECTOR' : constraint.special?.toUpperCase(), 'KEY');
}

const keyMethod = ({ method }: { readonly method?: string }): Piece => method !== undefined && method !== 'vector' && `USING ${method}`;

function tableForm(dialect: Dialect, constraint: TableConstraint): string {
  switch (constraint.kind) {
    case 'primaryKey':
    case 'unique': {
      const head = words(constraint.kind === 'unique' ? 'UNIQUE' : 'PRIMARY KEY', constraint.kind === 'unique' && constraint.nullsNotDistinct && 'NULLS NOT DISTINCT');
      if (constraint.usingIndex) return `${head} USING INDEX ${identifier(dialect, constraint.usingIndex)}`;
      return words(head, renderParts(dialect, constraint.columns), constraint.include && `INCLUDE ${identifiers(dialect, constraint.include)}`, keyOptions(dialect, constraint));
    }
    case 'foreignKey':
      return words('FOREIGN KEY', constraint.ifNotExists && 'IF NOT EXISTS', constraint.indexName && identifier(dialect, constraint.indexName), keyColumns(dialect, constraint), renderReferences(dialect, constraint.references));
    case 'check':
      return `CHECK (${constraint.expression.text})`;
    case 'notNull':
      return `NOT NULL ${identifier(dialect, constraint.column)}`;
    case 'exclude':
      return renderExclusion(dialect, constraint);
    default:
      return '<opaque>';
  }
}

function renderExclusion(dialect: Dialect, constraint: Extract<TableConstraint, { kind: 'exclude' }>): string {
  const element = (part: ExcludePart) => `${renderParts(dialect, [part]).slice(1, -1)} WITH ${part.operator}`;
  return words(
    'EXCLUDE',
    constraint.method && `USING ${identifier(dialect, { name: constraint.method } as never)}`,
    bracketed(constraint.parts.map(element)),
    constraint.include && `INCLUDE ${identifiers(dialect, constraint.include)}`,
    keyOptions(dialect, constraint),
    constraint.where && `WHERE (${constraint.where.text})`,
  );
}

function keyColumns(dialect: Dialect, { columns, period }: Pick<References, 'columns' | 'period'>): string {
  return bracketed(columns.map((column, at) => words(period && at === columns.length - 1 && 'PERIOD', identifier(dialect, column))));
}

function keyOptions(dialect: Dialect, { options = [], method }: { readonly options?: readonly TableOption[]; readonly method?: string }): string {
  if (isMySql(dialect)) return words(method !== undefined && `USING ${method}`, clauses(options));
  const { storage, clauses: others } = splitOptions(options);
  return words(storage.length > 0 && `WITH ${parameters(storage)}`, ...others.map(({ value }) => `USING INDEX TABLESPACE ${value}`));
}

function renderReferences(dialect: Dialect, references: References): string {
  const forms = {
    match: references.match !== undefined && `MATCH ${references.match}`,
    onDelete: references.onDelete && words('ON DELETE', references.onDelete.toUpperCase(), references.onDeleteColumns && identifiers(dialect, references.onDeleteColumns)),
    onUpdate: references.onUpdate && `ON UPDATE ${references.onUpdate.toUpperCase()}`,
  };
  const order = references.clauseOrder ?? (['match', 'onDelete', 'onUpdate'] as const);
  return words('REFERENCES', qualified(dialect, references.table), references.columns.length > 0 && keyColumns(dialect, references), ...order.map((clause) => forms[clause]));
}

const onConflict = ({ onConflict: word }: { readonly onConflict?: string }): Piece => word !== undefined && `ON CONFLICT ${word.toUpperCase()}`;

/** DEFERRABLE, NOT VALID and the like, as they are written. */
export function attributes({ attributes: list = [] }: Pick<Constraint, 'attributes'>): string {
  return list.join(' ').toUpperCase();
}
