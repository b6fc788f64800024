import { readStatement } from '../source/sql/read.ts';
import type { AlterAction, OtherStatement, StatementNode } from '../source/sql/ast.ts';
import { splitScript } from '../source/splitter.ts';
import { readBlock, type BlockItem } from './blockItems.ts';
import { findColumn } from './catalog.ts';
import type { Draft } from './draft.ts';

/** First words of statements that change the schema. */
const schemaVerbs = new Set(['CREATE', 'ALTER', 'DROP', 'COMMENT', 'RENAME']);

/** Text that changes the schema when it is executed; roles and rights are no part of it. */
const schemaText = /\b(?:create|alter|drop)\s+(?!role\b|user\b|default\b|database\b)/i;

/** What the surroundings of a statement make of it: it runs only where its object is absent, or only where it is there. */
type Guard = 'absent' | 'present' | undefined;

/**
 * DO $$ ... $$: statements of the block are applied in order. Of conditions only [NOT] EXISTS (...) is understood, as a guard
 * against what is there already; loops, other conditions and text put together at run time make the catalog uncertain where
 * they may change the schema.
 */
export function applyBlock(draft: Draft, body: OtherStatement['body']): void {
  if (!body || !schemaText.test(body.text)) return;
  const items = readBlock(body.text);
  if (items) new BlockApplier(draft, body.text, draft.start + body.range.start).apply(items, undefined);
  else draft.markUncertain();
}

/** Whether the body of a routine holds statements that change the schema. */
export function changesSchema(text: string): boolean {
  return schemaText.test(text.replace(/^\s*create\b/i, '').replaceAll(/--[^\n]*/g, ''));
}

class BlockApplier {
  readonly #draft: Draft;
  readonly #text: string;
  /** File offset at which the block begins. */
  readonly #start: number;

  constructor(draft: Draft, text: string, start: number) {
    this.#draft = draft;
    this.#text = text;
    this.#start = start;
  }

  apply(items: readonly BlockItem[], guard: Guard): void {
    for (const item of items) this.#item(item, guard);
  }

  #item(item: BlockItem, guard: Guard): void {
    switch (item.kind) {
      case 'block':
        return this.apply(item.body, item.guarded ? (guard ?? 'absent') : guard);
      case 'loop':
        return this.#doubt(item.body);
      case 'if': {
        const exists = /^(not\s+)?exists\s*\(/i.exec(item.condition);
        if (!exists || item.otherwise.length > 0) return this.#doubt([...item.then, ...item.otherwise]);
        return this.apply(item.then, exists[1] ? 'absent' : 'present');
      }
      case 'statement':
        return this.#statement(item, guard);
    }
  }

  /** Statements of which it is not known whether they run. */
  #doubt(items: readonly BlockItem[]): void {
    if (items.some((item) => this.#mayChangeSchema(item))) this.#draft.markUncertain();
  }

  #mayChangeSchema(item: BlockItem): boolean {
    if (item.kind === 'if') return [...item.then, ...item.otherwise].some((inner) => this.#mayChangeSchema(inner));
    if (item.kind !== 'statement') return item.body.some((inner) => this.#mayChangeSchema(inner));
    return (schemaVerbs.has(item.first.upper) || item.first.upper === 'EXECUTE') && schemaText.test(`${this.#text.slice(item.start, item.end)} `);
  }

  #statement(item: Extract<BlockItem, { kind: 'statement' }>, guard: Guard): void {
    if (schemaVerbs.has(item.first.upper)) return this.#run(this.#text.slice(item.start, item.end), this.#start + item.start, guard);
    if (item.first.upper !== 'EXECUTE') return;
    const { second } = item;
    // Text in dollar quotes or plain quotes is the statement itself; anything else is put together at run time.
    if (second?.kind === 'string' && second.end === item.end) this.#run(second.value, this.#start + second.start + 1, guard);
    else if (this.#mayChangeSchema(item)) this.#draft.markUncertain();
  }

  #run(text: string, start: number, guard: Guard): void {
    for (const statement of splitScript(text, this.#draft.dialect).statements) {
      const node = guarded(this.#draft, readStatement(statement), guard);
      if (node) this.#draft.applyInner(node, statement, start + statement.start);
    }
  }
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

