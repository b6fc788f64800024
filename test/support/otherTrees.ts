import { parseStmt } from 'sqlite3-parser';
import type { StatementNode } from '../../server/src/source/sql/ast.ts';
import { relation, strings, type Tree } from './postgresTree.ts';
import { nameOf } from './readerSummary.ts';

// Of statements that make no tables: which kind they are and what they speak of, by the tree of the engine's parser and by the node.

const dotted = (list: Tree): string => strings(list).join('.');
const ownedByTable: ReadonlySet<string> = new Set(['OBJECT_TABCONSTRAINT', 'OBJECT_TRIGGER', 'OBJECT_POLICY', 'OBJECT_RULE']);

/** The name of an object in whatever shape the tree has it; of what belongs to a table, and has no column's name, the table. */
function objectName(object: Tree, type: string): string | undefined {
  if (type === 'OBJECT_OPERATOR') return undefined;
  if (object?.RangeVar) return relation(object.RangeVar);
  if (object?.String) return object.String.sval;
  if (object?.TypeName) return dotted(object.TypeName.names);
  if (object?.ObjectWithArgs) return dotted(object.ObjectWithArgs.objname);
  const items = object?.List?.items;
  if (!items?.every((item: Tree) => item.String)) return undefined;
  // Of an operator class the first is its access method.
  return dotted(ownedByTable.has(type) ? items.slice(0, -1) : type === 'OBJECT_OPCLASS' || type === 'OBJECT_OPFAMILY' ? items.slice(1) : items);
}

type Subject = readonly [kind: RegExp, name: (tree: Tree) => string | undefined];

/** For each type of tree the verb or kind of the node, and the name that the tree has. */
const subjects: Readonly<Record<string, Subject>> = {
  CommentStmt: [/^COMMENT ON$/, (tree) => objectName(tree.object, tree.objtype)],
  SecLabelStmt: [/^SECURITY LABEL$/, () => undefined],
  CreateFunctionStmt: [/^createFunction$/, (tree) => dotted(tree.funcname)],
  CreateTrigStmt: [/^createTrigger$/, (tree) => tree.trigname],
  CreateEventTrigStmt: [/^CREATE EVENT TRIGGER$/, (tree) => tree.trigname],
  CreateExtensionStmt: [/^CREATE (EXTENSION|(PROCEDURAL )?LANGUAGE)$/, (tree) => tree.extname],
  AlterExtensionStmt: [/^ALTER EXTENSION$/, (tree) => tree.extname],
  AlterExtensionContentsStmt: [/^ALTER EXTENSION$/, (tree) => tree.extname],
  CreateForeignServerStmt: [/^CREATE SERVER$/, (tree) => tree.servername],
  CreateFdwStmt: [/^CREATE FOREIGN DATA WRAPPER$/, (tree) => tree.fdwname],
  CreateUserMappingStmt: [/^CREATE USER MAPPING FOR$/, (tree) => tree.user.rolename],
  CreateSchemaStmt: [/^CREATE SCHEMA( AUTHORIZATION)?$/, (tree) => tree.schemaname],
  CreatedbStmt: [/^CREATE DATABASE$/, (tree) => tree.dbname],
  DropdbStmt: [/^drop$/, (tree) => tree.dbname],
  AlterDatabaseSetStmt: [/^ALTER DATABASE$/, (tree) => tree.dbname],
  CreateRoleStmt: [/^CREATE (ROLE|USER|GROUP)$/, (tree) => tree.role],
  AlterRoleStmt: [/^ALTER (ROLE|USER|GROUP)$/, (tree) => tree.role.rolename],
  AlterRoleSetStmt: [/^ALTER (ROLE|USER)$/, (tree) => tree.role.rolename],
  DropRoleStmt: [/^drop$/, (tree) => tree.roles[0].RoleSpec.rolename],
  DropStmt: [/^drop$/, (tree) => (tree.objects.length === 1 ? objectName(tree.objects[0], tree.removeType === 'OBJECT_TRIGGER' || tree.removeType === 'OBJECT_POLICY' || tree.removeType === 'OBJECT_RULE' ? '' : tree.removeType) : undefined)],
  DefineStmt: [/^(CREATE (AGGREGATE|OPERATOR|COLLATION|TEXT SEARCH \w+)|createType)$/, (tree) => (tree.kind === 'OBJECT_OPERATOR' ? undefined : dotted(tree.defnames))],
  CreateStatsStmt: [/^CREATE STATISTICS$/, (tree) => tree.defnames && dotted(tree.defnames)],
  CreatePublicationStmt: [/^CREATE PUBLICATION$/, (tree) => tree.pubname],
  AlterPublicationStmt: [/^ALTER PUBLICATION$/, (tree) => tree.pubname],
  CreateSubscriptionStmt: [/^CREATE SUBSCRIPTION$/, (tree) => tree.subname],
  RuleStmt: [/^CREATE RULE$/, (tree) => tree.rulename],
  CreateAmStmt: [/^CREATE ACCESS METHOD$/, (tree) => tree.amname],
  CreateOpClassStmt: [/^CREATE OPERATOR CLASS$/, (tree) => dotted(tree.opclassname)],
  AlterOwnerStmt: [/^(ALTER |alterType$|alterDomain$)/, (tree) => objectName(tree.object, '')],
  AlterFunctionStmt: [/^ALTER (FUNCTION|PROCEDURE|ROUTINE)$/, (tree) => dotted(tree.func.objname)],
  ClusterStmt: [/^CLUSTER$/, (tree) => tree.relation && relation(tree.relation)],
  CopyStmt: [/^COPY$/, (tree) => tree.relation && relation(tree.relation)],
  RefreshMatViewStmt: [/^REFRESH MATERIALIZED VIEW$/, (tree) => relation(tree.relation)],
  ReindexStmt: [/^REINDEX$/, (tree) => (tree.relation ? relation(tree.relation) : tree.name)],
  LockStmt: [/^LOCK( TABLE)?$/, (tree) => relation(tree.relations[0].RangeVar)],
  VacuumStmt: [/^(VACUUM|ANALY[SZ]E)$/, (tree) => tree.rels && relation(tree.rels[0].VacuumRelation.relation)],
  CallStmt: [/^CALL$/, (tree) => dotted(tree.funccall.funcname)],
  DoStmt: [/^DO$/, () => undefined],
  ExplainStmt: [/^EXPLAIN$/, () => undefined],
  GrantStmt: [/^(GRANT|REVOKE)$/, (tree) => objectName(tree.objects?.[0], '')],
  GrantRoleStmt: [/^(GRANT|REVOKE)$/, () => undefined],
  AlterDefaultPrivilegesStmt: [/^ALTER DEFAULT PRIVILEGES$/, () => undefined],
  VariableSetStmt: [/^(set|transaction)$/, (tree) => (tree.name === undefined || tree.name.startsWith('TRANSACTION') || tree.name.startsWith('SESSION CHAR') ? undefined : tree.name)],
  VariableShowStmt: [/^SHOW$/, () => undefined],
  ConstraintsSetStmt: [/^set$/, () => undefined],
  DiscardStmt: [/^DISCARD$/, () => undefined],
  ListenStmt: [/^LISTEN$/, () => undefined],
  NotifyStmt: [/^NOTIFY$/, () => undefined],
  MergeStmt: [/^merge$/, (tree) => relation(tree.relation)],
};

function nodeName(node: StatementNode): string | undefined {
  switch (node.kind) {
    case 'set':
      return node.name;
    case 'drop':
      return node.names.length > 0 ? [...(node.onTable ? [nameOf(node.onTable)] : []), nameOf(node.names[0]!)].join('.') : undefined;
    case 'other':
      return node.target && [nameOf(node.target), ...(node.column ? [node.column.name] : [])].join('.');
    case 'merge':
    case 'insert':
    case 'update':
    case 'delete':
      return node.table && nameOf(node.table);
    default:
      return 'name' in node && typeof node.name === 'object' && 'range' in node.name ? nameOf('name' in node.name && typeof node.name.name === 'object' ? (node.name as never) : ({ name: node.name } as never)) : undefined;
  }
}

/** Names of settings that PostgreSQL has another word for. */
const settingNames: Readonly<Record<string, string>> = { 'time zone': 'timezone', 'session authorization': 'session_authorization', names: 'client_encoding', schema: 'search_path', role: 'role', 'xml option': 'xmloption' };

/** What differs between tree and node in kind or name; `same`, or undefined when the tree is of a kind that is not compared here. */
export function otherDifference(type: string, tree: Tree, node: StatementNode): string | undefined {
  return difference(subjects[type], type, tree, node);
}

function difference(subject: Subject | undefined, type: string, tree: Tree, node: StatementNode): string | undefined {
  if (!subject) return undefined;
  const kind = node.kind === 'other' ? node.verb : node.kind;
  if (!subject[0].test(kind)) return `kind: ${type} is read as ${kind}`;
  const wanted = subject[1](tree);
  const read = nodeName(node);
  const found = node.kind === 'set' && read !== undefined ? (settingNames[read] ?? read) : read;
  return wanted === undefined || wanted.toLowerCase() === found?.toLowerCase() ? 'same' : `name: ${wanted} is read as ${found ?? 'nothing'}`;
}

/** For each type of SQLite's trees the verb or kind of the node, and the name that the tree has. */
const sqliteSubjects: Readonly<Record<string, Subject>> = {
  CreateTriggerStmt: [/^createTrigger$/, (tree) => sqliteName(tree.triggerName)],
  DropTriggerStmt: [/^drop$/, (tree) => sqliteName(tree.triggerName)],
  PragmaStmt: [/^set$/, (tree) => tree.name.objName.text],
  AttachStmt: [/^ATTACH$/, () => undefined],
  DetachStmt: [/^DETACH$/, () => undefined],
  VacuumStmt: [/^VACUUM$/, (tree) => tree.dbName?.text],
  AnalyzeStmt: [/^ANALYZE$/, (tree) => tree.objName && sqliteName(tree.objName)],
  ReindexStmt: [/^REINDEX$/, (tree) => tree.objName && sqliteName(tree.objName)],
  BeginStmt: [/^transaction$/, () => undefined],
  CommitStmt: [/^transaction$/, () => undefined],
  RollbackStmt: [/^transaction$/, () => undefined],
  SavepointStmt: [/^transaction$/, () => undefined],
  ReleaseStmt: [/^transaction$/, () => undefined],
  ExplainStmt: [/^EXPLAIN$/, () => undefined],
  SelectStmt: [/^(select|values)$/, () => undefined],
  InsertStmt: [/^insert$/, (tree) => sqliteName(tree.tblName)],
  UpdateStmt: [/^update$/, (tree) => sqliteName(tree.tblName)],
  DeleteStmt: [/^delete$/, (tree) => sqliteName(tree.tblName)],
};

const sqliteName = ({ dbName, objName }: Tree): string => [dbName, objName].flatMap((name) => (name ? [name.text] : [])).join('.');

/** The same of SQLite's tree. */
export function sqliteOtherDifference(sql: string, node: StatementNode): string | undefined {
  const result = parseStmt(sql) as Tree;
  const tree = result.status !== 'ok' ? undefined : result.root.type === 'CmdList' ? result.root.cmds[0] : result.root;
  return tree && difference(sqliteSubjects[tree.type], tree.type, tree, node);
}
