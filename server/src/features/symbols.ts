import type { PrismaDocument } from '../source/prisma/ast.ts';
import type { Script, Statement } from '../source/statement.ts';
import type { QualifiedName, StatementNode } from '../source/sql/ast.ts';
import { readStatement } from '../source/sql/read.ts';
import { shift, type TextRange } from '../text/range.ts';

/** An entry of a file's outline; file offsets. */
export interface OutlineEntry {
  readonly name: string;
  readonly detail: string;
  readonly kind: 'table' | 'column' | 'index' | 'view' | 'routine' | 'type' | 'change';
  readonly range: TextRange;
  readonly nameRange: TextRange;
  readonly children: readonly OutlineEntry[];
}

/** The outline of a SQL file: what it makes, and what it changes or drops. */
export function outlineOf(script: Script): OutlineEntry[] {
  return script.statements.flatMap((statement) => {
    const entry = entryOf(statement, readStatement(statement));
    return entry ? [entry] : [];
  });
}

function entryOf(statement: Statement, node: StatementNode): OutlineEntry | undefined {
  const entry = (name: QualifiedName | undefined, kind: OutlineEntry['kind'], detail: string, children: readonly OutlineEntry[] = []): OutlineEntry | undefined =>
    name && { name: nameText(name), detail, kind, range: { start: statement.start, end: statement.end }, nameRange: shift(name.range, statement.start), children };
  switch (node.kind) {
    case 'createTable':
      return entry(node.name, 'table', 'table', node.columns.map((column) => columnEntry(statement, column.name.name, column.type?.text ?? '', column.range, column.name.range)));
    case 'createIndex':
      return entry(node.name ?? node.table, 'index', `${node.unique ? 'unique ' : ''}index on ${nameText(node.table)}`);
    case 'createView':
      return entry(node.name, 'view', node.materialized ? 'materialized view' : 'view');
    case 'createFunction':
      return entry(node.name, 'routine', node.procedure ? 'procedure' : 'function');
    case 'createTrigger':
      return entry(node.name, 'routine', `trigger on ${nameText(node.table)}`);
    case 'createType':
    case 'createDomain':
      return entry(node.name, 'type', node.kind === 'createType' ? 'type' : 'domain');
    case 'alterTable':
      return entry(node.name, 'change', 'alter table');
    case 'drop':
      return entry(node.names[0], 'change', `drop ${node.object}`);
    default:
      return undefined;
  }
}

function columnEntry(statement: Statement, name: string, detail: string, range: TextRange, nameRange: TextRange): OutlineEntry {
  return { name, detail, kind: 'column', range: shift(range, statement.start), nameRange: shift(nameRange, statement.start), children: [] };
}

function nameText(name: QualifiedName): string {
  return name.schema ? `${name.schema.name}.${name.name.name}` : name.name.name;
}

/** The outline of a Prisma schema: models and views with their fields, enums. */
export function prismaOutline(document: PrismaDocument): OutlineEntry[] {
  return document.blocks.map((block) => {
    const fields = 'fields' in block ? block.fields : [];
    const children = fields.map((field): OutlineEntry => ({ name: field.name, detail: field.type, kind: 'column', range: field.range, nameRange: field.nameRange, children: [] }));
    return { name: block.name, detail: block.kind, kind: 'fields' in block ? 'table' : 'type', range: block.range, nameRange: block.nameRange, children };
  });
}
