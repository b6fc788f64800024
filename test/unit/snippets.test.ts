import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadAuthorities } from '../../server/src/host/authorities.ts';
import { lint } from '../../server/src/host/prismaInternals.ts';
import type { Dialect } from '../../server/src/source/dialect.ts';
import { splitScript } from '../../server/src/source/splitter.ts';
import { readStatement } from '../../server/src/source/sql/read.ts';
import { expandSnippet, type Snippet } from '../support/snippets.ts';

const root = join(import.meta.dirname, '../..');
const authorities = await loadAuthorities();

function snippetsOf(file: string): [name: string, snippet: Snippet][] {
  return Object.entries(JSON.parse(readFileSync(join(root, 'snippets', file), 'utf8')) as Record<string, Snippet>);
}

const dialectOf: Readonly<Record<string, Dialect>> = {
  'sql-postgresql.json': 'postgresql',
  'sql-migrations.json': 'postgresql',
  'sql-mysql.json': 'mysql',
  'sql-sqlite.json': 'sqlite',
};

describe('snippets', () => {
  const files = readdirSync(join(root, 'snippets')).sort();
  const all = files.flatMap((file) => snippetsOf(file));

  test('belong to a language, with names of their own', () => {
    expect(files).toEqual(['prisma.json', ...Object.keys(dialectOf).sort()]);
    const prefixes = all.flatMap(([, snippet]) => snippet.prefix);
    expect(new Set(prefixes).size).toBe(prefixes.length);
    expect(prefixes.filter((prefix) => !/^(?:pg|mysql|sqlite|migration|prisma)-[a-z0-9-]+$/.test(prefix))).toEqual([]);
    expect(all.filter(([, { description }]) => !/^[A-Z].*\.$/.test(description))).toEqual([]);
  });

  for (const [file, dialect] of Object.entries(dialectOf)) {
    test.each(snippetsOf(file))(`${dialect} takes %s`, (_, { body }) => {
      const text = expandSnippet(body);
      const { statements } = splitScript(text, dialect);
      expect(statements.length).toBeGreaterThan(0);
      for (const statement of statements) {
        expect(statement.terminated, statement.text).toBe(true);
        expect(readStatement(statement).kind, statement.text).not.toBe('unread');
        if (dialect in authorities) expect(authorities[dialect as keyof typeof authorities].check(statement.text), statement.text).toBeUndefined();
      }
    });
  }

  test.each(snippetsOf('prisma.json'))('Prisma takes %s', (_, { body }) => {
    const text = expandSnippet(body);
    const head = 'datasource db {\n  provider = "postgresql"\n}\n\nmodel Customer {\n  id Int @id\n  holders Holder[]\n}\n\n';
    const isModel = text.startsWith('model ');
    const fields = '  key Int @id\n  tenantId Int\n  createdAt DateTime\n';
    const relation = text.includes('@relation') ? '' : '  theCustomerId Int\n  theCustomer Customer @relation(fields: [theCustomerId], references: [id])\n';
    const holder = `model Holder {\n${fields}${isModel ? '' : text}\n${relation}}\n`;
    expect(lint([['schema.prisma', `${head}${isModel ? text : ''}\n${holder}`]])).toEqual([]);
  });
});

interface Rule {
  readonly match?: string;
  readonly begin?: string;
  readonly end?: string;
  readonly include?: string;
  readonly patterns?: readonly Rule[];
}

interface Grammar extends Rule {
  readonly scopeName: string;
  readonly repository?: Readonly<Record<string, Rule>>;
}

function grammar(name: string): Grammar {
  return JSON.parse(readFileSync(join(root, 'syntaxes', `${name}.tmLanguage.json`), 'utf8')) as Grammar;
}

function rulesOf(rule: Rule): Rule[] {
  return [rule, ...(rule.patterns ?? []).flatMap((inner) => rulesOf(inner))];
}

describe('grammars', () => {
  test.each(['annotations', 'prisma', 'redis-conf'])('%s is whole', (name) => {
    const { repository = {}, ...top } = grammar(name);
    const rules = [top, ...Object.values(repository)].flatMap((rule) => rulesOf(rule));
    const expressions = rules.flatMap(({ match, begin, end }) => [match, begin, end]).filter((expression) => expression !== undefined);
    expect(expressions.length).toBeGreaterThan(5);
    // Oniguruma's inline flag is the one thing that JavaScript lacks here.
    for (const expression of expressions) expect(() => new RegExp(expression.replace('(?i)', '')), expression).not.toThrow();
    const included = rules.flatMap(({ include }) => (include ? [include.replace('#', '')] : []));
    expect(included.filter((key) => !(key in repository))).toEqual([]);
    expect(Object.keys(repository).filter((key) => !included.includes(key))).toEqual([]);
  });

  test.each([
    '-- +goose Up',
    '-- +goose NO TRANSACTION',
    '-- +goose StatementBegin',
    '-- migrate:down transaction:false',
    '-- name: GetUser :one',
    '-- no-transaction',
    '--> statement-breakpoint',
    '-- atlas:nolint destructive',
    '-- squawk-ignore ban-drop-table',
    '-- database-expert-disable-next-line drop-table: gone since spring',
    '# database-expert-disable-file redis-eviction',
    '// database-expert-disable-line',
  ])('the annotation %s is coloured', (line) => {
    const expressions = Object.values(grammar('annotations').repository!).flatMap((rule) => rulesOf(rule)).flatMap(({ match }) => (match ? [new RegExp(match)] : []));
    expect(expressions.some((expression) => expression.test(line))).toBe(true);
    expect(expressions.some((expression) => expression.test(`-- see ${line.slice(2)}`))).toBe(false);
  });
});
