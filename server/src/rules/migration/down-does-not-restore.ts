import { correctedDown } from '../../edits/down/correctedDown.ts';
import { notRestored } from '../../edits/down/restored.ts';
import type { MigrationStep } from '../../project/facts.ts';
import type { SchemaDifference } from '../../schema/diff.ts';
import { maskSecrets } from '../../source/secrets.ts';
import { defineRule, placeOf, type Place } from '../rule.ts';
import { everyDialect } from '../support.ts';

const up = '-- file: migrations/0001_orders.up.sql\nCREATE TABLE orders (id bigint PRIMARY KEY, note varchar(20) NOT NULL);\n-- file: migrations/0001_orders.down.sql\nDROP TABLE orders;\n-- file: migrations/0002_note.up.sql\nALTER TABLE orders DROP COLUMN note;\n-- file: migrations/0002_note.down.sql\n';

export const downDoesNotRestore = defineRule({
  id: 'down-does-not-restore',
  dialects: everyDialect,
  severity: 'warning',
  concern: 'migration',
  about: 'run',
  status: 'stable',
  summary: 'Let the down of a migration bring back the schema that was there.',
  why: 'Whoever takes a deployment back runs the old program against a schema that it does not know, and the migration may not run a second time.',
  fix: 'Give every column its type, NOT NULL and default back, make constraints and indexes again that went with a column, and take away all that the up made.',
  fixKind: 'suggestion',
  examples: [{
    dialect: 'postgresql',
    bad: `${up}ALTER TABLE orders ADD COLUMN note varchar(20);\n`,
    good: `${up}ALTER TABLE orders ADD COLUMN note varchar(20) NOT NULL DEFAULT '';\nALTER TABLE orders ALTER COLUMN note DROP DEFAULT;\n`,
    note: 'The order of columns and the values of a dropped column do not count: no down brings them back.',
  }],
  references: [
    { title: 'golang-migrate: Migrations', url: 'https://github.com/golang-migrate/migrate/blob/master/MIGRATIONS.md' },
    { title: 'PostgreSQL: ALTER TABLE', url: 'https://www.postgresql.org/docs/current/sql-altertable.html' },
    { title: 'PostgreSQL: ALTER TYPE', url: 'https://www.postgresql.org/docs/current/sql-altertype.html' },
  ],
  aliases: {},
  check: {
    migration(step, { facts, database, report }) {
      const at = placeOfDown(step);
      const lost = at ? notRestored(step) : [];
      if (!at || lost.length === 0) return;
      report({
        at,
        severity: lost.every((difference) => keptValues(difference) !== undefined) ? 'information' : 'warning',
        message: downMessage(step, lost.map(wordsOf)),
        claim: { kind: 'down does not restore' },
        fix: () => correctedDown(facts, database, step),
      });
    },
  },
});

/** Where a finding about the down of a migration stands: the first line of its first statement. Undefined where there is none, or only the SELECT that templates leave there. */
export function placeOfDown({ migration: { down } }: MigrationStep): Place | undefined {
  const own = down?.statements.filter(({ node }) => node.kind !== 'transaction') ?? [];
  const first = own[0];
  if (!first || own.every(({ node }) => node.kind === 'select')) return undefined;
  return placeOf(first, { start: 0, end: /^[^\r\n]*/.exec(first.statement.text)![0].trimEnd().length });
}

/** How many differences a message names. */
const most = 3;

/** What a finding about a down says, given what is lost or left over, one clause each. */
export function downMessage({ migration: { version, name } }: MigrationStep, lost: readonly string[]): string {
  const more = lost.length > most ? `; and ${lost.length - most} more` : '';
  return `The down of migration ${version}${name ? ` ${name}` : ''} does not bring the schema back: ${lost.slice(0, most).join('; ')}${more}`;
}

function wordsOf(difference: SchemaDifference): string {
  const kept = keptValues(difference);
  if (kept) return `enum ${difference.name} keeps ${kept.join(', ')}`;
  const text = difference.text.replace(/ is new(?=:|$)/u, ' is left over').replace(/ is gone(?=:|$)/u, ' is missing').replace(/ became /u, ' is now ').replaceAll(/\s+/gu, ' ');
  const safe = maskSecrets(text);
  return safe.length > 160 ? `${safe.slice(0, 159)}…` : safe;
}

/** The values that an enum has too many, when nothing else is wrong with it: the engine has no statement that takes one away. */
function keptValues({ object, kind, before = '', after = '' }: SchemaDifference): readonly string[] | undefined {
  if (object !== 'enum' || kind !== 'changed') return undefined;
  const values = (text: string): readonly string[] => text.match(/'(?:[^']|'')*'/gu) ?? [];
  const [old, now] = [values(before), values(after)];
  return now.filter((value) => old.includes(value)).join() === old.join() ? now.filter((value) => !old.includes(value)) : undefined;
}
