import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadModule } from 'libpg-query';
import { beforeAll, describe, expect, test } from 'vitest';
import { splitScript } from '../../server/src/source/splitter.ts';
import type { Dialect } from '../../server/src/source/dialect.ts';
import type { CreateFunction, StatementNode } from '../../server/src/source/sql/ast.ts';
import { readStatement } from '../../server/src/source/sql/read.ts';
import { corporaFolder, corpusSqlFiles, hasCorpora } from '../support/corpus.ts';
import { columnSummary, constraintSummary, dense, elementSummary, expressionTree, relation, strings, treeOf, withoutLocations, type Tree } from '../support/postgresTree.ts';
import { actionOf, columnOf, constraintOf, nameOf, partOf } from '../support/readerSummary.ts';
import { everyday, samples } from '../support/readerCases.ts';
import { readerPlaces, sqlitePlaces } from '../support/sqliteTree.ts';

type Summary = Record<string, unknown>;

function commandSummary({ AlterTableCmd: command }: Tree): Summary {
  const { subtype: type, name, def, missing_ok: missing } = command;
  const cascade = command.behavior === 'DROP_CASCADE';
  switch (type) {
    case 'AT_AddColumn':
      return dense({ type, column: columnSummary(def.ColumnDef), ifNotExists: missing });
    case 'AT_AlterColumnType':
      return dense({ type, name, to: withoutLocations(def.ColumnDef.typeName), using: def.ColumnDef.raw_default && withoutLocations(def.ColumnDef.raw_default) });
    case 'AT_ColumnDefault':
      return dense({ type, name, expression: def && withoutLocations(def) });
    case 'AT_AddConstraint':
      return { type, constraint: constraintSummary(def.Constraint) };
    case 'AT_DropColumn':
    case 'AT_DropConstraint':
      return dense({ type, name, ifExists: missing, cascade });
    default:
      return { type, name };
  }
}

/** Kinds of objects that DROP tells by more than a name. */
const nameless: ReadonlySet<string> = new Set(['OBJECT_CAST', 'OBJECT_OPERATOR', 'OBJECT_OPCLASS', 'OBJECT_OPFAMILY', 'OBJECT_TRANSFORM']);

/** What PostgreSQL's parser says of the statements whose every detail is compared. */
const treeSummaries: Readonly<Record<string, (tree: Tree) => Summary | undefined>> = {
  CreateStmt: (tree) => ({
    name: relation(tree.relation),
    columns: (tree.tableElts ?? []).filter((item: Tree) => item.ColumnDef).map((item: Tree) => columnSummary(item.ColumnDef)),
    constraints: (tree.tableElts ?? []).filter((item: Tree) => item.Constraint).map((item: Tree) => constraintSummary(item.Constraint)),
    likes: (tree.tableElts ?? []).filter((item: Tree) => item.TableLikeClause).length,
    parents: (tree.inhRelations ?? []).map((item: Tree) => relation(item.RangeVar)),
    partitioned: tree.partspec?.partParams?.map((item: Tree) => item.PartitionElem.name),
    ifNotExists: tree.if_not_exists === true,
  }),
  AlterTableStmt: (tree) => ({ name: relation(tree.relation), commands: tree.cmds.map(commandSummary), ifExists: tree.missing_ok === true }),
  IndexStmt: (tree) =>
    dense({
      name: tree.idxname,
      table: relation(tree.relation),
      method: tree.accessMethod,
      parts: tree.indexParams.map(elementSummary),
      include: (tree.indexIncludingParams ?? []).map((item: Tree) => item.IndexElem.name),
      where: tree.whereClause && withoutLocations(tree.whereClause),
      unique: tree.unique,
      concurrently: tree.concurrent,
      ifNotExists: tree.if_not_exists,
      nullsNotDistinct: tree.nulls_not_distinct,
    }),
  DropStmt: (tree) => nameless.has(tree.removeType) ? undefined : ({
    names: tree.objects.map(droppedName),
    cascade: tree.behavior === 'DROP_CASCADE',
    ifExists: tree.missing_ok === true,
    concurrently: tree.concurrent === true,
  }),
  CreateEnumStmt: (tree) => ({ name: strings(tree.typeName).join('.'), values: strings(tree.vals) }),
  AlterEnumStmt: (tree) => ({ name: strings(tree.typeName).join('.'), value: tree.newVal }),
  ViewStmt: (tree) => ({ name: relation(tree.view), query: withoutLocations(tree.query) }),
  CreatePolicyStmt: (tree) => dense({ name: tree.policy_name, table: relation(tree.table), command: tree.cmd_name, using: tree.qual && withoutLocations(tree.qual), check: tree.with_check && withoutLocations(tree.with_check) }),
  CreateTrigStmt: (tree) => ({ name: tree.trigname, table: relation(tree.relation) }),
  CreateFunctionStmt: (tree) => {
    const options: Summary = Object.fromEntries((tree.options ?? []).map((item: Tree) => [item.DefElem.defname, item.DefElem.arg]));
    return dense({ name: strings(tree.funcname).join('.'), body: (options['as'] as Tree)?.List?.items?.[0]?.String?.sval, definer: (options['security'] as Tree)?.Boolean?.boolval === true });
  },
  InsertStmt: (tree) => ({ kind: 'insert', table: relation(tree.relation), with: tree.withClause !== undefined }),
  UpdateStmt: (tree) => ({ kind: 'update', table: relation(tree.relation), where: tree.whereClause !== undefined, with: tree.withClause !== undefined }),
  DeleteStmt: (tree) => ({ kind: 'delete', table: relation(tree.relation), where: tree.whereClause !== undefined, with: tree.withClause !== undefined }),
  TransactionStmt: (tree) => ({ action: tree.kind.replace('_START', '_BEGIN').replace('_PREPARED', '') }),
};

function droppedName(item: Tree): string {
  if (item.ObjectWithArgs) return strings(item.ObjectWithArgs.objname).join('.');
  if (item.TypeName) return strings(item.TypeName.names).join('.');
  return item.List ? strings(item.List.items).join('.') : item.String.sval;
}

const transactionKinds: Readonly<Record<string, string>> = {
  begin: 'TRANS_STMT_BEGIN', commit: 'TRANS_STMT_COMMIT', rollback: 'TRANS_STMT_ROLLBACK', savepoint: 'TRANS_STMT_SAVEPOINT', release: 'TRANS_STMT_RELEASE', rollbackTo: 'TRANS_STMT_ROLLBACK_TO', prepare: 'TRANS_STMT_PREPARE',
};

/** The same of the reader's node, or undefined when the node says that it holds something else. */
function nodeSummary(node: StatementNode, type: string, sql: string): Summary | undefined {
  switch (node.kind) {
    case 'createTable':
      return {
        name: nameOf(node.name),
        columns: node.columns.map(columnOf),
        constraints: node.constraints.map(constraintOf),
        likes: node.likes.length,
        parents: [...node.inherits, ...(node.partitionOf ? [node.partitionOf.parent] : [])].map(nameOf),
        partitioned: node.partitionBy?.columns.map((part) => part.column?.name),
        ifNotExists: node.ifNotExists,
      };
    case 'alterTable':
      return { name: nameOf(node.name), commands: node.actions.map(actionOf), ifExists: node.ifExists };
    case 'createIndex':
      return dense({
        name: node.name && nameOf(node.name),
        table: nameOf(node.table),
        method: node.method ?? 'btree',
        parts: node.columns.map(partOf),
        include: node.include.map((column) => column.name),
        where: node.where && expressionTree(node.where.text),
        unique: node.unique,
        concurrently: node.concurrently,
        ifNotExists: node.ifNotExists,
        nullsNotDistinct: node.nullsNotDistinct,
      });
    case 'drop': {
      const on = node.onTable ? `${nameOf(node.onTable)}.` : '';
      return { names: node.names.map((name) => on + nameOf(name)), cascade: node.cascade, ifExists: node.ifExists, concurrently: node.concurrently };
    }
    case 'createType':
      return { name: nameOf(node.name), values: node.enumValues?.map((item) => item.value) };
    case 'alterType':
      return { name: nameOf(node.name), value: node.action.kind === 'addValue' ? node.action.value : node.action.kind === 'renameValue' ? node.action.to : undefined };
    case 'createView':
      return { name: nameOf(node.name), query: withoutLocations(wrapQuery(node.query.text)) };
    case 'createPolicy':
      return dense({ name: node.name.name, table: nameOf(node.table), command: node.command, using: node.using && expressionTree(node.using.text), check: node.check && expressionTree(node.check.text) });
    case 'createTrigger':
      return { name: nameOf(node.name), table: nameOf(node.table) };
    case 'createFunction':
      return dense({ name: nameOf(node.name), body: node.body && decodedBody(node.body, sql), definer: node.securityDefiner });
    case 'insert':
      return { kind: 'insert', table: node.table && nameOf(node.table), with: node.with };
    case 'update':
    case 'delete':
      return { kind: node.kind, table: node.table && nameOf(node.table), where: node.hasWhere, with: node.with };
    case 'transaction':
      return { action: type === 'TransactionStmt' ? transactionKinds[node.action] : node.action };
    default:
      return { kind: node.kind };
  }
}

function decodedBody({ text, range }: NonNullable<CreateFunction['body']>, sql: string): string | undefined {
  if (sql[range.start - 1] === '$') return text;
  return sql[range.start - 1] === "'" ? text.replaceAll("''", "'") : undefined;
}

function wrapQuery(text: string): Tree {
  const parsed = treeOf(text);
  return parsed && { [parsed.type]: parsed.tree };
}

/** Commands of which only the reader's kind of action is known, not its details. */
const looseCommands: readonly (readonly [RegExp, string])[] = [
  [/^AT_(Set|Reset)RelOptions|AT_AddOf|AT_DropOf|AT_ReplicaIdentity|AT_SetTableSpace|AT_ClusterOn|AT_DropCluster|AT_SetAccessMethod|AT_GenericOptions/, 'options'],
  [/RowSecurity$/, 'rowSecurity'],
  [/^AT_(Enable|Disable).*(Trig|Rule)/, 'trigger'],
  [/^AT_ChangeOwner/, 'owner'],
  [/^AT_AttachPartition/, 'attachPartition'],
  [/^AT_DetachPartition/, 'detachPartition'],
  [/^AT_(Add|Drop)Inherit/, 'inherit'],
  [/^AT_Set(Un)?Logged/, 'setLogged'],
  [/^AT_(SetStatistics|SetStorage|SetOptions|ResetOptions|SetCompression)/, 'columnOption'],
  [/^AT_AlterConstraint/, 'alterConstraint'],
];

function loosen(summary: Summary): Summary {
  if (!Array.isArray(summary['commands'])) return summary;
  const commands = summary['commands'].map((command: Summary) => {
    const loose = looseCommands.find(([pattern]) => pattern.test(String(command['type'])));
    return loose ? { type: loose[1] } : command;
  });
  return { ...summary, commands };
}

/** The first difference between PostgreSQL's tree and the node; `same` when there is none, undefined when nothing is compared. */
function differenceOf(sql: string, node: StatementNode): string | undefined {
  const parsed = treeOf(sql);
  const summarise = parsed && treeSummaries[parsed.type];
  const wanted = summarise?.(parsed!.tree);
  // PostgreSQL's parser rewrites a recursive view.
  if (!wanted || !parsed || (node.kind === 'createView' && node.recursive)) return undefined;
  if (parsed.type === 'AlterTableStmt' && !['OBJECT_TABLE', 'OBJECT_FOREIGN_TABLE'].includes(parsed.tree.objtype)) return undefined;
  return firstDifference(JSON.stringify(sorted(loosen(wanted))), JSON.stringify(sorted(nodeSummary(node, parsed.type, sql))));
}

function firstDifference(wanted: string, found: string): string {
  if (wanted === found) return 'same';
  let at = 0;
  while (wanted[at] === found[at]) at++;
  const excerpt = (text: string) => text.slice(Math.max(0, at - 120), at + 200);
  return `wanted ...${excerpt(wanted)}\n  found  ...${excerpt(found)}`;
}

function sorted(value: Tree): Tree {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.keys(value).sort().filter((key) => value[key] !== undefined).map((key) => [key, sorted(value[key])]));
}

interface Sample {
  readonly path: string;
  readonly text: string;
}

/** Compares every statement of the samples; gives how many were compared, and what differs. */
function compareAll(dialect: Dialect, samples: readonly Sample[], compare: (sql: string, node: StatementNode) => string | undefined) {
  const differences: string[] = [];
  let compared = 0;
  for (const { path, text } of samples) {
    for (const statement of splitScript(text, dialect).statements) {
      const { hasHole, text: sql } = statement;
      const difference = hasHole || sql.length > 64_000 ? undefined : compare(sql, readStatement(statement));
      if (difference) compared++;
      if (difference && difference !== 'same') differences.push(`${path}: ${sql.slice(0, 200)}\n  ${difference}`);
    }
  }
  return { compared, differences };
}

const casesOf = (wanted: Dialect): Sample[] => [...samples, ...everyday].flatMap(([dialect, text]) => (dialect === wanted ? [{ path: 'case', text }] : []));

function compareSqlite(sql: string, node: StatementNode): string | undefined {
  const wanted = sqlitePlaces(sql);
  return wanted && firstDifference(wanted.join('\n'), readerPlaces(node)?.join('\n') ?? node.kind);
}

beforeAll(async () => {
  await loadModule();
});

describe('the reader and the engines\' own grammars agree on every case', () => {
  test('PostgreSQL', () => {
    const { compared, differences } = compareAll('postgresql', casesOf('postgresql'), differenceOf);
    expect(differences).toEqual([]);
    expect(compared).toBeGreaterThan(100);
  });

  test('SQLite', () => {
    const { compared, differences } = compareAll('sqlite', casesOf('sqlite'), compareSqlite);
    expect(differences).toEqual([]);
    expect(compared).toBeGreaterThan(10);
  });
});

describe.skipIf(!hasCorpora('the reader against the engines\' own grammars'))('and on every statement of the corpora', () => {
  test('PostgreSQL', () => {
    const cases = JSON.parse(readFileSync(join(corporaFolder, 'squawk/cases.json'), 'utf8')) as { case: string; sql: string }[];
    const files = corpusSqlFiles().filter((file) => file.dialect === 'postgresql');
    const { compared, differences } = compareAll('postgresql', [...files, ...cases.map(({ case: path, sql }) => ({ path, text: sql }))], differenceOf);
    console.log(`PostgreSQL: ${compared} statements compared, ${differences.length} differ`);
    expect(differences).toEqual([]);
    expect(compared).toBeGreaterThan(8000);
  });

  test('SQLite', () => {
    const { compared, differences } = compareAll('sqlite', corpusSqlFiles().filter((file) => file.dialect === 'sqlite'), compareSqlite);
    console.log(`SQLite: ${compared} statements compared, ${differences.length} differ`);
    expect(differences).toEqual([]);
    expect(compared).toBeGreaterThan(1500);
  });
});
