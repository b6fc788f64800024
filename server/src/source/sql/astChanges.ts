import type { TextRange } from '../../text/range.ts';
import type {
  ColumnConstraint,
  ColumnDefinition,
  ColumnPosition,
  ConstraintAttribute,
  DataType,
  Expression,
  Identifier,
  IndexPart,
  PartitionBound,
  PartitionBy,
  PartitionDefinition,
  QualifiedName,
  TableConstraint,
  TableOption,
} from './astPieces.ts';

// What ALTER statements change. All ranges are relative to the start of the statement (see Statement).

/** One action of ALTER TABLE. */
export type AlterAction = { readonly range: TextRange } & (
  | { readonly kind: 'addColumn'; readonly column: ColumnDefinition; readonly ifNotExists: boolean; readonly position?: ColumnPosition }
  | { readonly kind: 'dropColumn'; readonly column: Identifier; readonly ifExists: boolean; readonly cascade: boolean }
  | { readonly kind: 'alterType'; readonly column: Identifier; readonly type: DataType; readonly collation?: string; readonly using?: Expression }
  | { readonly kind: 'setDefault'; readonly column: Identifier; readonly expression: Expression; readonly ifExists?: boolean }
  | { readonly kind: 'dropDefault'; readonly column: Identifier; readonly ifExists?: boolean }
  | { readonly kind: 'setNotNull'; readonly column: Identifier }
  | { readonly kind: 'dropNotNull'; readonly column: Identifier }
  | { readonly kind: 'addIdentity'; readonly column: Identifier; readonly always: boolean; readonly sequence?: readonly TableOption[] }
  /** `changes`: SET GENERATED, and what is said of the sequence, in order. */
  | { readonly kind: 'setIdentity'; readonly column: Identifier; readonly always?: boolean; readonly changes: readonly TableOption[] }
  | { readonly kind: 'dropIdentity'; readonly column: Identifier; readonly ifExists: boolean }
  | { readonly kind: 'setExpression'; readonly column: Identifier; readonly expression: Expression }
  | { readonly kind: 'dropExpression'; readonly column: Identifier; readonly ifExists: boolean }
  | { readonly kind: 'columnOption'; readonly column: Identifier; readonly setting: ColumnSetting }
  | { readonly kind: 'modifyColumn'; readonly column: ColumnDefinition; readonly ifExists?: boolean; readonly position?: ColumnPosition }
  | { readonly kind: 'changeColumn'; readonly from: Identifier; readonly ifExists?: boolean; readonly column: ColumnDefinition; readonly position?: ColumnPosition }
  | { readonly kind: 'renameColumn'; readonly from: Identifier; readonly to: Identifier; readonly ifExists?: boolean }
  | { readonly kind: 'renameTable'; readonly to: QualifiedName }
  | { readonly kind: 'renameConstraint'; readonly from: Identifier; readonly to: Identifier }
  | { readonly kind: 'renameIndex'; readonly from: Identifier; readonly to: Identifier; readonly ifExists?: boolean }
  | { readonly kind: 'addConstraint'; readonly constraint: TableConstraint; readonly ifNotExists?: boolean }
  | { readonly kind: 'dropConstraint'; readonly name?: Identifier; readonly target: 'constraint' | 'foreignKey' | 'primaryKey' | 'check' | 'index'; readonly ifExists: boolean; readonly cascade: boolean }
  | { readonly kind: 'validateConstraint'; readonly name: Identifier }
  | { readonly kind: 'alterConstraint'; readonly name: Identifier; readonly attributes: readonly ConstraintAttribute[]; readonly inherit?: boolean }
  | { readonly kind: 'attachPartition'; readonly partition: QualifiedName; readonly bound: string; readonly rows: PartitionBound }
  | { readonly kind: 'detachPartition'; readonly partition: QualifiedName; readonly concurrently: boolean; readonly finalize?: boolean }
  | { readonly kind: 'inherit'; readonly parent: QualifiedName; readonly remove: boolean }
  | { readonly kind: 'setSchema'; readonly schema: Identifier }
  | { readonly kind: 'rowSecurity'; readonly mode: 'enable' | 'disable' | 'force' | 'noForce' }
  | { readonly kind: 'trigger'; readonly object: 'trigger' | 'rule'; readonly mode: 'enable' | 'disable' | 'enable replica' | 'enable always'; readonly name: Identifier }
  | { readonly kind: 'owner'; readonly role: string }
  | { readonly kind: 'setLogged'; readonly logged: boolean }
  /** `setting` says which change it is, and holds what the options have only as text; without it they are MySQL's table options. */
  | { readonly kind: 'options'; readonly options: readonly TableOption[]; readonly setting?: TableSetting }
  | { readonly kind: 'algorithm'; readonly value: string }
  | { readonly kind: 'lock'; readonly value: string }
  | { readonly kind: 'opaque'; readonly text: string }
);

/** A setting of one column. */
export type ColumnSetting =
  /** SET STATISTICS, STORAGE or COMPRESSION (PostgreSQL), SET VISIBLE or INVISIBLE (MySQL, without a value). */
  | { readonly kind: 'statistics' | 'storage' | 'compression' | 'visible' | 'invisible'; readonly value?: string }
  /** SET (...), RESET (...), and OPTIONS (...) of a foreign table. */
  | { readonly kind: 'set' | 'reset' | 'foreign'; readonly options: readonly TableOption[] };

/** A setting of a whole table. */
export type TableSetting =
  /** Storage parameters: SET (...) and RESET (...); OPTIONS (...) of a foreign table. */
  | { readonly kind: 'set' | 'reset' | 'foreign' }
  /** Told by its words alone, upper case: SET WITHOUT CLUSTER, DISABLE KEYS. */
  | { readonly kind: 'words'; readonly words: string }
  /** Words and the name after them: SET TABLESPACE, SET ACCESS METHOD (DEFAULT without a name), CLUSTER ON. */
  | { readonly kind: 'named'; readonly words: string; readonly name?: Identifier }
  | { readonly kind: 'replicaIdentity'; readonly mode: 'default' | 'full' | 'nothing' | 'index'; readonly index?: Identifier }
  | { readonly kind: 'ofType'; readonly type: QualifiedName }
  | { readonly kind: 'orderBy'; readonly columns: readonly IndexPart[] }
  | { readonly kind: 'convert'; readonly characterSet: string; readonly collation?: string }
  | { readonly kind: 'indexVisibility'; readonly index: Identifier; readonly visibility: string }
  /** MariaDB: ADD PERIOD FOR name (columns), DROP PERIOD FOR name. */
  | { readonly kind: 'period'; readonly name: Identifier; readonly columns?: readonly Identifier[] }
  | { readonly kind: 'partitionBy'; readonly partitionBy: PartitionBy }
  | PartitionChange;

/** MySQL's work on partitions. */
export interface PartitionChange {
  readonly kind: 'partitions';
  /** Upper case: ADD, DROP, REORGANIZE, EXCHANGE ... */
  readonly verb: string;
  /** Absent for ALL, and where none is named. */
  readonly names?: readonly Identifier[];
  readonly all?: boolean;
  readonly ifExists?: boolean;
  readonly ifNotExists?: boolean;
  readonly definitions?: readonly PartitionDefinition[];
  /** ADD PARTITION PARTITIONS n, COALESCE PARTITION n. */
  readonly count?: string;
  /** EXCHANGE PARTITION p WITH TABLE t. */
  readonly table?: QualifiedName;
  /** WITH VALIDATION, TABLESPACE and what else ends it, upper case words. */
  readonly ending?: string;
}

/** Changes of a type other than of its values and its schema. */
export type TypeChange =
  | { readonly kind: 'owner'; readonly role: string }
  | { readonly kind: 'properties'; readonly options: readonly TableOption[] }
  | { readonly kind: 'renameAttribute'; readonly from: Identifier; readonly to: Identifier; readonly cascade: boolean }
  | { readonly kind: 'attributes'; readonly actions: readonly AttributeAction[] };

export type AttributeAction =
  | { readonly kind: 'add'; readonly attribute: ColumnDefinition; readonly cascade: boolean }
  | { readonly kind: 'drop'; readonly name: Identifier; readonly ifExists: boolean; readonly cascade: boolean }
  | { readonly kind: 'retype'; readonly name: Identifier; readonly type: DataType; readonly collation?: string; readonly cascade: boolean };

export type DomainAction =
  | { readonly kind: 'setDefault'; readonly expression: Expression }
  | { readonly kind: 'dropDefault' | 'setNotNull' | 'dropNotNull' }
  | { readonly kind: 'addConstraint'; readonly constraint: ColumnConstraint }
  | { readonly kind: 'dropConstraint'; readonly name: Identifier; readonly ifExists: boolean; readonly cascade: boolean }
  | { readonly kind: 'renameConstraint'; readonly from: Identifier; readonly to: Identifier }
  | { readonly kind: 'validateConstraint'; readonly name: Identifier }
  | { readonly kind: 'owner'; readonly role: string }
  | { readonly kind: 'setSchema'; readonly schema: Identifier };

/** Changes of an index, a view or a sequence that are written as those of a table are. */
export interface RelationChange {
  readonly object: 'index' | 'view' | 'materializedView' | 'sequence';
  readonly ifExists: boolean;
  readonly actions: readonly AlterAction[];
  /** ALTER INDEX ... ATTACH PARTITION index. */
  readonly attached?: QualifiedName;
  /** [NO] DEPENDS ON EXTENSION name. */
  readonly dependsOn?: { readonly extension: Identifier; readonly remove: boolean };
}

/** All tables, indexes or materialized views of a tablespace, or those of some roles (as written), go to another. */
export interface TablespaceMove {
  readonly object: 'table' | 'index' | 'materializedView';
  readonly from: Identifier;
  readonly ownedBy: readonly string[];
  readonly to: Identifier;
  readonly nowait: boolean;
}

/** Where a virtual table gets its rows. */
export interface VirtualTable {
  readonly module: Identifier;
  /** As written: what they mean is for the module to say. */
  readonly arguments?: readonly string[];
}
