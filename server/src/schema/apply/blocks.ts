import { readStatement } from '../../source/sql/read.ts';
import type { AlterAction, OtherStatement, StatementNode } from '../../source/sql/ast.ts';
import { splitScript } from '../../source/splitter.ts';
import type { Statement } from '../../source/statement.ts';
import type { Token } from '../../source/token.ts';
import { readBlock, type BlockItem } from './blockItems.ts';
import { existsCondition, queryFinds } from './blockConditions.ts';
import { blockVariables, conditionHolds } from './blockVariables.ts';
import { findColumn, type Routine } from '../catalog.ts';
import type { Draft } from './draft.ts';

/** First words of statements that change the schema. */
const schemaVerbs = new Set(['CREATE', 'ALTER', 'DROP', 'COMMENT', 'RENAME']);

/** Text that changes the schema when it is executed; roles and rights are no part of it. */
const schemaText = /\b(?:create|alter|drop)\s+(?!role\b|user\b|default\b|database\b)/i;

/** What the surroundings of a statement make of it: it runs only where its object is absent, or only where it is there. */
export type Guard = 'absent' | 'present' | undefined;

/**
 * DO $$ ... $$: statements of the block are applied in order, up to a RETURN. Of conditions [NOT] EXISTS (...) is understood: it is
 * answered from the catalog, or taken as a guard against what is there already; and those on variables of a known value. Loops,
 * other conditions and text put together at run time make the catalog uncertain where they may change the schema.
 */
export function applyBlock(draft: Draft, body: OtherStatement['body']): void {
  if (!body || !schemaText.test(body.text)) return;
  const items = readBlock(body.text);
  if (items) new BlockApplier(draft, body.text, draft.offset + body.range.start).apply(items, undefined);
  else draft.markUncertain('a block could not be read');
}

/** The body of a routine that the history made and a statement runs; what it makes has its origin in that statement. */
export function applyRoutine(draft: Draft, routine: Routine): void {
  const [statement] = splitScript(routine.text, draft.dialect).statements;
  const node = statement && readStatement(statement);
  const body = node?.kind === 'createFunction' ? node.body?.text : undefined;
  if (body === undefined || !schemaText.test(body)) return;
  const items = readBlock(body);
  if (!items) return draft.markUncertain('a routine is called that could not be read');
  draft.pinned = draft.origin({ start: 0, end: draft.statement.text.length });
  new BlockApplier(draft, body, draft.offset).apply(items, undefined);
  draft.pinned = undefined;
}

/**
 * Whether text that is put together at run time may change a table that is known by name. New tables do not, nor do names of
 * which only a part is filled in (`events_%s`); attaching, storage parameters and the like leave what rules ask about as it is.
 */
function mayTouchKnown(text: string): boolean {
  return touching.some((pattern) => pattern.test(text));
}

/** A name of which nothing is written out. */
const hole = String.raw`(?:only\s+)?(?:if\s+(?:not\s+)?exists\s+)?(?:"?\w+"?\.)?(?:%(?:\d+\$)?[Is]|'?\s*\|\|)(?!\w)`;

const touching = [
  String.raw`\balter\s+table\s+${hole}(?!\s*(?:attach|detach|set\s*\(|set\s+(?:un)?logged|owner|validate|cluster|reset))`,
  String.raw`\b(?:drop\s+(?:table|index(?:\s+concurrently)?|type|view|schema)|alter\s+index)\s+${hole}`,
  String.raw`\bcreate\s+(?:unique\s+)?index\b[^;]*?\bon\s+${hole}`,
].map((pattern) => new RegExp(pattern, 'i'));

class BlockApplier {
  readonly #draft: Draft;
  readonly #text: string;
  /** Where the block begins in the statement of the file. */
  readonly #start: number;
  readonly #variables = new Map<string, string | null>();

  constructor(draft: Draft, text: string, start: number) {
    this.#draft = draft;
    this.#text = text;
    this.#start = start;
  }

  /** Applies items; gives whether the block is left by RETURN. */
  apply(items: readonly BlockItem[], guard: Guard): boolean {
    return items.some((item) => this.#item(item, guard));
  }

  #item(item: BlockItem, guard: Guard): boolean {
    switch (item.kind) {
      case 'block':
        for (const [name, value] of blockVariables(item.declared, this.#text)) this.#variables.set(name, value);
        return this.apply(item.body, item.guarded ? (guard ?? 'absent') : guard);
      case 'loop':
        return this.#doubt(item.body);
      case 'if':
        return this.#if(item);
      case 'statement':
        this.#statement(item, guard);
        return item.first.upper === 'RETURN';
    }
  }

  #if({ condition, whenTrue, otherwise }: Extract<BlockItem, { kind: 'if' }>): boolean {
    const holds = conditionHolds(condition, this.#variables);
    if (holds !== undefined) return this.apply(holds ? whenTrue : otherwise, undefined);
    const exists = existsCondition(condition);
    if (!exists) return this.#doubt([...whenTrue, ...otherwise]);
    const found = queryFinds(this.#draft.catalog, exists.query);
    if (found !== undefined) return this.apply(found === exists.negated ? otherwise : whenTrue, undefined);
    if (otherwise.length > 0) return this.#doubt([...whenTrue, ...otherwise]);
    this.apply(whenTrue, exists.negated ? 'absent' : 'present');
    return false;
  }

  /** Statements of which it is not known whether they run. */
  #doubt(items: readonly BlockItem[]): false {
    if (items.some((item) => this.#mayChangeSchema(item))) this.#draft.markUncertain('a block changes the schema under a condition or in a loop');
    return false;
  }

  #mayChangeSchema(item: BlockItem): boolean {
    if (item.kind === 'if') return [...item.whenTrue, ...item.otherwise].some((inner) => this.#mayChangeSchema(inner));
    if (item.kind !== 'statement') return item.body.some((inner) => this.#mayChangeSchema(inner));
    const text = this.#text.slice(item.start, item.end);
    return item.first.upper === 'EXECUTE' ? this.#mayTouchKnown(item, text) : schemaVerbs.has(item.first.upper) && schemaText.test(text);
  }

  /** A literal is the whole statement, whose target is known; a variable may hold any text of the block; the rest is put together here. */
  #mayTouchKnown(item: Extract<BlockItem, { kind: 'statement' }>, text: string): boolean {
    if (isLiteral(item)) return schemaText.test(text);
    return text.includes("'") ? mayTouchKnown(text) : [...this.#text.matchAll(/'(?:[^']|'')*'/g)].some(([literal]) => schemaText.test(literal));
  }

  #statement(item: Extract<BlockItem, { kind: 'statement' }>, guard: Guard): void {
    if (schemaVerbs.has(item.first.upper)) return this.#run(this.#text.slice(item.start, item.end), this.#start + item.start, guard);
    if (item.first.upper !== 'EXECUTE') return;
    if (isLiteral(item)) this.#run(item.second.value, this.#start + item.second.start + 1, guard);
    else if (this.#mayChangeSchema(item)) this.#draft.markUncertain('a block runs a statement that is put together at run time');
  }

  #run(text: string, start: number, guard: Guard): void {
    for (const statement of splitScript(text, this.#draft.dialect).statements) applyGuarded(this.#draft, readStatement(statement), statement, start, guard);
  }
}

/** Applies a statement where its guard lets it run; `start` is where the text it was split from begins in the statement of the file. */
export function applyGuarded(draft: Draft, node: StatementNode, statement: Statement, start: number, guard: Guard): void {
  const left = guarded(draft, node, guard);
  if (left) draft.applyInner(left, statement, start + statement.start);
}

/** EXECUTE of a string that is not put together from parts. */
function isLiteral(item: Extract<BlockItem, { kind: 'statement' }>): item is typeof item & { readonly second: Token } {
  return item.second?.kind === 'string' && item.second.end === item.end;
}

/** The statement as the guard leaves it; undefined when it does not run. */
function guarded(draft: Draft, node: StatementNode, guard: Guard): StatementNode | undefined {
  if (guard === 'absent') return whereAbsent(draft, node);
  return guard === 'present' ? wherePresent(draft, node) : node;
}

function whereAbsent(draft: Draft, node: StatementNode): StatementNode | undefined {
  if (node.kind === 'createTable' || node.kind === 'createIndex' || node.kind === 'createView' || node.kind === 'createSequence') return { ...node, ifNotExists: true };
  if (node.kind === 'createType') {
    const { key } = draft.target(node.name);
    return draft.has('enums', key) || draft.has('types', key) ? undefined : node;
  }
  if (node.kind !== 'alterTable') return node;
  const actions = node.actions.map((action): AlterAction => (action.kind === 'addColumn' || action.kind === 'addConstraint' ? { ...action, ifNotExists: true } : action));
  return { ...node, actions };
}

function wherePresent(draft: Draft, node: StatementNode): StatementNode | undefined {
  if (node.kind !== 'alterTable') return node;
  const table = draft.find(node.name);
  if (!table) return draft.has('views', draft.lookup('views', node.name).key) ? node : undefined;
  const isThere = (name: string) => table.knowledge === 'unknown' || findColumn(draft.dialect, table, name) !== undefined;
  const actions = node.actions.filter((action) => {
    if (action.kind === 'renameColumn') return isThere(action.from.name);
    return action.kind === 'addColumn' || !('column' in action) || !('name' in action.column) || typeof action.column.name !== 'string' || isThere(action.column.name);
  });
  return { ...node, actions };
}

