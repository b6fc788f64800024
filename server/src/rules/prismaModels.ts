import type { FileEdits } from '../edits/change.ts';
import type { DatabaseFacts } from '../project/facts.ts';
import type { Table } from '../schema/catalog.ts';
import { argument, attribute } from '../source/prisma/attributes.ts';
import type { PrismaModel } from '../source/prisma/ast.ts';
import { contains } from '../text/range.ts';

/** A model in its file. */
export interface PlacedModel {
  readonly model: PrismaModel;
  readonly file: string;
  readonly text: string;
}

/** The model that a table of the Prisma catalog was made from: the one that holds its origin. */
export function modelOfTable(database: DatabaseFacts, table: Table): PlacedModel | undefined {
  for (const { path, text, document } of database.prisma?.files ?? []) {
    if (path !== table.origin.file) continue;
    const model = document.blocks.find((block) => block.kind === 'model' && contains(block.range, table.origin.range));
    if (model?.kind === 'model') return { model, file: path, text };
  }
  return undefined;
}

/** The field of a column: the one mapped to it, else the one of that name. */
export function fieldOfColumn(model: PrismaModel, column: string): string {
  const mapped = model.fields.find((field) => {
    const map = attribute(field, 'map');
    const value = map && argument(map, 'name', 0);
    return value?.kind === 'string' && value.value === column;
  });
  return mapped?.name ?? column;
}

/** The edit that adds a block attribute at the end of a model; undefined while the model is unfinished. */
export function addBlockAttribute({ model, file, text }: PlacedModel, attributeText: string): FileEdits | undefined {
  const brace = model.closeBrace;
  if (!brace) return undefined;
  const at = text.lastIndexOf('\n', brace.start - 1) + 1;
  if (at === 0 || text.slice(at, brace.start).trim() !== '') return undefined;
  const ending = text[at - 2] === '\r' ? '\r\n' : '\n';
  const first = model.fields[0];
  const indentation = first ? (/[ \t]*$/.exec(text.slice(0, first.range.start))?.[0] ?? '  ') : '  ';
  const gap = model.attributes.length === 0 && model.fields.length > 0 ? ending : '';
  return { file, edits: [{ range: { start: at, end: at }, newText: `${gap}${indentation}${attributeText}${ending}` }] };
}

/** The edit that deletes a block attribute with its line. */
export function removeBlockAttribute({ file, text }: PlacedModel, range: { readonly start: number; readonly end: number }): FileEdits {
  const start = text.lastIndexOf('\n', range.start - 1) + 1;
  const feed = text.indexOf('\n', range.end);
  const rest = text.slice(range.end, feed < 0 ? text.length : feed);
  const alone = text.slice(start, range.start).trim() === '' && (rest.trim() === '' || rest.trim().startsWith('//'));
  return { file, edits: [{ range: alone ? { start, end: feed < 0 ? text.length : feed + 1 } : { start: range.start, end: range.end }, newText: '' }] };
}
