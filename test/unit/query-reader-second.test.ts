import { cstVisitor, parse, type Node } from 'sql-parser-cst';
import { describe, expect, test } from 'vitest';
import { readQuery } from '../../server/src/source/query/read.ts';
import { splitScript } from '../../server/src/source/splitter.ts';
import type { Statement } from '../../server/src/source/statement.ts';
import { corpusSqlFiles, hasCorpora } from '../support/corpus.ts';

const enough = process.env['DATABASE_EXPERT_WHOLE'] === '1' ? Infinity : 600;
const queries = /^\s*(?:SELECT|INSERT|UPDATE|DELETE|WITH)\b/i;

/** The tables that a statement names in FROM, JOIN, INTO, UPDATE and DELETE as sql-parser-cst sees it; undefined when it cannot parse it. */
function tablesOfSecondReader({ text, dialect }: Statement): string[] | undefined {
  try {
    const tree = parse(text, { dialect: dialect === 'mysql' ? 'mysql' : dialect === 'sqlite' ? 'sqlite' : 'postgresql', includeRange: true, paramTypes: ['?', '$nr', ':name', '@name'] });
    const names = new Set<string>();
    const made = new Set<string>();
    cstVisitor({
      common_table_expr: ({ table }) => void made.add(nameOf(table) ?? ''),
      from_clause: ({ expr }) => collect(expr, names),
      insert_clause: ({ table }) => collect(table, names),
      update_clause: ({ tables }) => collect(tables, names),
      delete_clause: ({ tables }) => collect(tables, names),
    })(tree);
    return [...names].filter((name) => !made.has(name)).sort();
  } catch {
    return undefined;
  }
}

function collect(node: Node | undefined, names: Set<string>): void {
  switch (node?.type) {
    case 'identifier':
    case 'member_expr': {
      const name = nameOf(node);
      if (name !== undefined) names.add(name);
      return;
    }
    case 'alias':
    case 'paren_expr':
      return collect(node.expr as Node, names);
    case 'list_expr':
      for (const item of node.items) collect(item as Node, names);
      return;
    case 'join_expr':
      collect(node.left, names);
      collect(node.right, names);
      return;
    default:
  }
}

/** The last part of a name, without its case. */
function nameOf(node: Node): string | undefined {
  if (node.type === 'member_expr') return nameOf(node.property as Node);
  return node.type === 'identifier' ? node.name.toLowerCase() : undefined;
}

describe.skipIf(!hasCorpora('queries read a second time'))('two readers', () => {
  test('see the same tables in the queries of the corpora', () => {
    let compared = 0;
    const different: string[] = [];
    for (const { path, text, dialect } of corpusSqlFiles()) {
      for (const statement of splitScript(text, dialect).statements) {
        if (!queries.test(statement.text) || statement.text.length > 4000 || statement.hasHole || compared >= enough) continue;
        const second = tablesOfSecondReader(statement);
        const own = readQuery(statement);
        if (second === undefined || 'unread' in own) continue;
        compared++;
        const tables = [...new Set(own.query.tables.map(({ name }) => name.toLowerCase()))].sort();
        if (tables.join() !== second.join()) different.push(`${path}: ${tables.join()} | ${second.join()} | ${statement.text.replace(/\s+/g, ' ').slice(0, 160)}`);
      }
    }
    expect(compared).toBeGreaterThan(500);
    expect(different).toEqual([]);
  });
});
