import { downChange } from '../../edits/down/downChange.ts';
import type { MigrationStep, RunnerInfo } from '../../project/facts.ts';
import type { StatementNode } from '../../source/sql/ast.ts';
import { defineRule, placeOf } from '../rule.ts';
import { everyDialect } from '../support.ts';

const up = '-- file: migrations/0001_orders.up.sql\nCREATE TABLE orders (id bigint PRIMARY KEY);\n-- file: migrations/0001_orders.down.sql\nDROP TABLE orders;\n';
const next = '-- file: migrations/0002_note.up.sql\nALTER TABLE orders ADD COLUMN note varchar(200);\n';

export const missingDownMigration = defineRule({
  id: 'missing-down-migration',
  dialects: everyDialect,
  severity: 'information',
  concern: 'migration',
  about: 'run',
  status: 'stable',
  summary: 'Write the down of a migration together with its up.',
  why: 'When a deployment has to be taken back, the schema has to go back with it; written under pressure, a down forgets defaults, constraints and indexes.',
  fix: 'Write the inverse of every change, with the definitions that the history holds.',
  fixKind: 'suggestion',
  examples: [{ dialect: 'postgresql', bad: up + next, good: `${up}${next}-- file: migrations/0002_note.down.sql\nALTER TABLE orders DROP COLUMN note;\n` }],
  references: [
    { title: 'golang-migrate: Migrations', url: 'https://github.com/golang-migrate/migrate/blob/master/MIGRATIONS.md' },
    { title: 'Prisma: Generating down migrations', url: 'https://www.prisma.io/docs/orm/prisma-migrate/workflows/generating-down-migrations' },
    { title: 'goose: SQL migrations', url: 'https://pressly.github.io/goose/documentation/annotations/' },
  ],
  aliases: {},
  check: {
    migration(step, { facts, database, report }) {
      const { runner } = database;
      const changed = step.entries.filter(({ placed }) => changesSchema(placed.node));
      if (!runner || runner.down === 'none' || changed.length === 0 || hasDown(step) || isIrreversible(runner, step)) return;
      const first = changed[0]!.placed;
      report({
        at: placeOf(first, { start: 0, end: /^[^\r\n]*/.exec(first.statement.text)![0].trimEnd().length }),
        severity: runner.down === 'sibling' ? 'hint' : 'information',
        message: `Migration ${step.migration.version}${step.migration.name ? ` ${step.migration.name}` : ''} has no down`,
        help: whereItGoes[runner.down],
        fix: () => downChange(facts, database, step),
      });
    },
  },
});

const whereItGoes = {
  pair: 'Write the down file beside the up file.',
  section: 'Write the down section below the up section.',
  sibling: 'Write down.sql beside migration.sql; it runs by hand when a deployment is taken back.',
};

const dataKinds: ReadonlySet<StatementNode['kind']> = new Set(['select', 'insert', 'update', 'delete', 'merge', 'values', 'truncate', 'set', 'transaction', 'other', 'unread']);

/** Validating a constraint changes no definition, so there is nothing to take back. */
function changesSchema(node: StatementNode): boolean {
  if (node.kind === 'alterTable') return node.actions.some(({ kind }) => kind !== 'validateConstraint');
  return !dataKinds.has(node.kind);
}

/** Whether a migration changes the schema and nothing beside it takes the change back. */
export function lacksDown(step: MigrationStep): boolean {
  return !hasDown(step) && step.entries.some(({ placed }) => changesSchema(placed.node));
}

/** sqlx keeps migrations of one file and pairs of up and down apart: a project of the former has no place for a down. */
function isIrreversible({ id }: RunnerInfo, { migration }: MigrationStep): boolean {
  return id === 'sqlx' && !migration.up.file.endsWith('.up.sql');
}

/** A down that holds nothing, or the SELECT that templates leave there, undoes nothing. */
function hasDown({ migration }: MigrationStep): boolean {
  return migration.down?.statements.some(({ node }) => node.kind !== 'select') ?? false;
}
