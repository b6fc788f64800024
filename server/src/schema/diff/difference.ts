/** What kind of thing differs. */
export type DifferentObject =
  | 'schema'
  | 'extension'
  | 'table'
  | 'column'
  | 'primaryKey'
  | 'unique'
  | 'foreignKey'
  | 'check'
  | 'exclusion'
  | 'index'
  | 'policy'
  | 'trigger'
  | 'rowSecurity'
  | 'partition'
  | 'option'
  | 'comment'
  | 'enum'
  | 'domain'
  | 'type'
  | 'sequence'
  | 'view'
  | 'routine';

/** One difference between two schemas. The order of columns is none. */
export interface SchemaDifference {
  readonly kind: 'added' | 'removed' | 'changed';
  readonly object: DifferentObject;
  /** Key of the table it belongs to, where it belongs to one. */
  readonly table?: string;
  readonly name: string;
  /** As SQL; undefined when it was added. */
  readonly before?: string;
  /** As SQL; undefined when it was removed. */
  readonly after?: string;
  /** One plain sentence without a full stop: `column of orders: total integer became total bigint`. */
  readonly text: string;
}

/** The words for a kind of thing in a sentence. */
export const wordsFor: Readonly<Record<DifferentObject, string>> = {
  schema: 'schema',
  extension: 'extension',
  table: 'table',
  column: 'column',
  primaryKey: 'primary key',
  unique: 'unique constraint',
  foreignKey: 'foreign key',
  check: 'check',
  exclusion: 'exclusion constraint',
  index: 'index',
  policy: 'policy',
  trigger: 'trigger',
  rowSecurity: 'row level security',
  partition: 'partitioning',
  option: 'storage options',
  comment: 'comment',
  enum: 'enum',
  domain: 'domain',
  type: 'type',
  sequence: 'sequence',
  view: 'view',
  routine: 'routine',
};
