import type {
  CreateFunction,
  CreateTrigger,
  CreateView,
  OtherStatement,
  QualifiedName,
  PolicyStatement,
  SetStatement,
} from '../../source/sql/ast.ts';
import { defaultSchema, sameName, type Policy, type Table, type Trigger } from '../catalog.ts';
import type { Draft } from './draft.ts';
import { alterRelation } from './alterTable.ts';
import { applyBlock, applyRoutine } from './blocks.ts';
import { applyComment } from './comments.ts';
import { tidyExpression } from '../expressions.ts';
import { mergeOptions } from '../options.ts';
import { applyCall } from './procedures.ts';
import { executedFunction, withNameAfter } from './headers.ts';
import { renderName } from '../quote.ts';
import { routineKey } from '../routines.ts';

/** CREATE VIEW and CREATE MATERIALIZED VIEW. */
export function createView(draft: Draft, node: CreateView): void {
  const { schema, name, key } = draft.target(node.name);
  const existing = draft.catalog.views.get(key);
  if (existing && node.ifNotExists) return;
  // Who a view belongs to is no part of the schema.
  const options = [...node.options, ...(node.characteristics ?? []).filter((characteristic) => characteristic.name !== 'DEFINER')];
  draft.set('views', key, {
    schema,
    name,
    materialized: node.materialized,
    columns: node.columns.map((column) => column.name),
    query: node.query.text.trim(),
    ...(options.length > 0 && { options: mergeOptions(draft.dialect, undefined, options) }),
    ...(node.temporary && { temporary: true }),
    ...(node.recursive && { recursive: true }),
    ...(node.orReplace && existing?.triggers && { triggers: existing.triggers }),
    indexes: [],
    origin: draft.origin(node.name.name.range),
  });
}

/** The text where it means the same under any search_path, as far as the name of what it makes goes. */
function standsAlone(draft: Draft, text: string, name: QualifiedName): string | undefined {
  return draft.currentSchema === undefined || name.schema !== undefined ? text : undefined;
}

/** CREATE FUNCTION and CREATE PROCEDURE; a routine with the same arguments is replaced. */
export function createFunction(draft: Draft, node: CreateFunction): void {
  const { schema, name } = draft.target(node.name);
  const key = routineKey(draft.dialect, schema, name, node.argumentsText);
  const comment = draft.catalog.routines.get(key)?.comment;
  draft.set('routines', key, {
    ...(comment !== undefined && { comment }),
    schema,
    name,
    procedure: node.procedure,
    argumentsText: node.argumentsText,
    text: standsAlone(draft, draft.statement.text.trim(), node.name) ?? withNameAfter(draft.dialect, draft.statement.text.trim(), ['FUNCTION', 'PROCEDURE'], renderName(draft.dialect, schema, name)),
    securityDefiner: node.securityDefiner,
    origin: draft.origin(node.name.name.range),
  });
}

/** CREATE AGGREGATE name (types) (...). */
function createAggregate(draft: Draft, { target, text }: OtherStatement): void {
  const { schema, name } = draft.target(target!);
  const argumentsText = /^\s*(\([^()]*\))/.exec(text.slice(target!.range.end))?.[1] ?? '()';
  const origin = draft.origin(target!.name.range);
  draft.set('routines', routineKey(draft.dialect, schema, name, argumentsText), { schema, name, procedure: false, argumentsText, text: text.trim(), securityDefiner: false, origin });
}

/** CREATE TRIGGER on a table or a view. */
export function createTrigger(draft: Draft, node: CreateTrigger): void {
  const name = node.name.name.name;
  const { key } = draft.lookup('views', node.table);
  const view = draft.catalog.views.get(key);
  if (view) {
    const trigger: Trigger = { name, text: triggerText(draft, node, view), origin: draft.origin(node.name.name.range) };
    draft.set('views', key, { ...view, triggers: [...(view.triggers ?? []).filter((other) => !sameName(draft.dialect, other.name, name)), trigger] });
    return;
  }
  const table = draft.tableOrUnknown(node.table);
  if (node.ifNotExists && table.triggers.some((trigger) => sameName(draft.dialect, trigger.name, name))) return;
  const trigger: Trigger = { name, text: triggerText(draft, node, table), origin: draft.origin(node.name.name.range) };
  draft.put({ ...table, triggers: [...table.triggers.filter((other) => !sameName(draft.dialect, other.name, name)), trigger] });
}

/** The text with the names it finds through the search_path of the file written out. */
function triggerText(draft: Draft, node: CreateTrigger, table: Pick<Table, 'schema' | 'name'>): string {
  const text = node.text.trim();
  if (draft.currentSchema === undefined) return text;
  const onTable = withNameAfter(draft.dialect, text, ['ON'], renderName(draft.dialect, table.schema, table.name));
  const called = executedFunction(onTable);
  const routine = called && !called.qualified ? draft.routinesCalled(called.name.value).find(({ schema }) => schema === draft.currentSchema) : undefined;
  return called && routine ? onTable.slice(0, called.start) + renderName(draft.dialect, routine.schema, routine.name) + onTable.slice(called.end) : onTable;
}

/** CREATE POLICY and ALTER POLICY. */
export function applyPolicy(draft: Draft, node: PolicyStatement): void {
  const table = draft.tableOrUnknown(node.table);
  const text = (expression: { readonly text: string } | undefined) => expression && tidyExpression(draft.dialect, expression.text);
  const existing = table.policies.find((policy) => policy.name === node.name.name);
  if (node.kind === 'alterPolicy') {
    if (!existing) return;
    const policy: Policy = {
      ...existing,
      roles: node.roles.length > 0 ? node.roles : existing.roles,
      using: text(node.using) ?? existing.using,
      check: text(node.check) ?? existing.check,
    };
    draft.put({ ...table, policies: table.policies.map((other) => (other === existing ? policy : other)) });
    return;
  }
  const policy: Policy = {
    name: node.name.name,
    command: node.command,
    permissive: node.permissive,
    roles: node.roles,
    using: text(node.using),
    check: text(node.check),
    origin: draft.origin(node.name.range),
  };
  draft.put({ ...table, policies: [...table.policies.filter((other) => other !== existing), policy] });
}

/** SET search_path tells where the bare names that follow in the file are made. */
export function applySet(draft: Draft, node: SetStatement): void {
  if (draft.dialect === 'postgresql' && node.name === 'search_path') setSearchPath(draft, node.reset ? '' : node.value);
}

function setSearchPath(draft: Draft, value: string): void {
  const first = value
    .split(',')
    .map((part) => part.trim().replace(/^["'](.*)["']$/, '$1'))
    .find((part) => part !== '' && part !== '$user' && part.toLowerCase() !== 'default');
  const { file } = draft;
  draft.catalog = { ...draft.catalog, searchPath: { file, schema: draft.targetOf(first, '').schema } };
}

/** What `SELECT set_config('search_path', 'app', false)` sets. */
const configured = /^select\s+(?:pg_catalog\s*\.\s*)?set_config\s*\(\s*'search_path'\s*,\s*'([^']*)'\s*,/i;

/** `SELECT migrate()`: the body of a function that the history made is applied; `SELECT set_config(...)` sets what it says. */
export function applySelect(draft: Draft): void {
  const path = draft.dialect === 'postgresql' ? configured.exec(draft.statement.text) : null;
  if (path) setSearchPath(draft, path[1]!);
  const match = /^select\s+(?:\*\s+from\s+)?(?:"?\w+"?\s*\.\s*)?"?(\w+)"?\s*\(/i.exec(draft.statement.text);
  if (!match) return;
  const called = draft.routinesCalled(match[1]!);
  if (called.length === 1) applyRoutine(draft, called[0]!);
}

/** Verbs after which the schema may be another one, in ways that are not followed. */
const opaqueVerbs = ['EXECUTE', 'IMPORT FOREIGN SCHEMA', 'CREATE RULE', 'LOAD'];

/** Statements that are read by their verb: comments, schemas, extensions, blocks. */
export function applyOtherStatement(draft: Draft, node: OtherStatement): void {
  const { verb, target } = node;
  if (verb === 'COMMENT ON') return applyComment(draft, node);
  if (verb === 'CREATE AGGREGATE' && target) return createAggregate(draft, node);
  if (node.change && target) alterRelation(draft, target, node.change.actions);
  if (verb === 'DO') return applyBlock(draft, node.body ?? quotedBody(node.text));
  if (verb === 'CALL') return applyCall(draft, node);
  if (verb === 'CREATE EXTENSION' && target) return addName(draft, 'extensions', node);
  if ((verb === 'CREATE SCHEMA' || verb === 'CREATE SCHEMA AUTHORIZATION') && target) return addName(draft, 'schemas', node);
  if (verb === 'CREATE VIRTUAL TABLE' && target) return virtualTable(draft, node);
  if (opaqueVerbs.includes(verb)) draft.markUncertain(`what ${verb} does is not followed`);
}

/** The body of DO LANGUAGE 'plpgsql' $$ ... $$. */
function quotedBody(text: string): OtherStatement['body'] {
  const match = /\$(\w*)\$(.*)\$\1\$/s.exec(text);
  if (!match) return undefined;
  const start = match.index + match[1]!.length + 2;
  return { text: match[2]!, range: { start, end: start + match[2]!.length } };
}

function addName(draft: Draft, collection: 'extensions' | 'schemas', { target }: OtherStatement): void {
  const name = target!.name.name;
  if (collection === 'schemas' && name === defaultSchema(draft.dialect)) return;
  if (!draft.has(collection, name)) draft.set(collection, name, draft.origin(target!.range));
}

function virtualTable(draft: Draft, { target, virtual }: OtherStatement): void {
  if (!virtual || draft.find(target!)) return;
  const { module, ...list } = virtual;
  draft.put({ ...draft.tableOrUnknown(target!), virtual: { module: module.name, ...list } });
}
