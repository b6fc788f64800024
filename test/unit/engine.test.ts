import { describe, expect, it } from 'vitest';
import { buildFacts } from '../../server/src/project/build.ts';
import type { Facts } from '../../server/src/project/facts.ts';
import { versionMeets } from '../../server/src/rules/applies.ts';
import { checkWorkspace, type CheckOptions } from '../../server/src/rules/engine.ts';
import { defineRule, type Rule } from '../../server/src/rules/rule.ts';
import { syntaxFindings } from '../../server/src/rules/syntax.ts';
import { resplitScript } from '../../server/src/source/resplit.ts';

const metadata = {
  dialects: { postgresql: true, sqlite: true, redis: true, prisma: true },
  severity: 'warning',
  concern: 'schema',
  about: 'design',
  status: 'stable',
  summary: 'S.',
  why: 'W.',
  fix: 'F.',
  examples: [],
  references: [],
  aliases: { squawk: ['the-squawk-name'], pgls: ['thePglsName'], atlas: ['DS102'] },
} satisfies Omit<Rule, 'id' | 'check'>;

/** Tells of every DROP TABLE, and of every redis directive. */
const drops = defineRule({
  ...metadata,
  id: 'drops',
  check: {
    drop: (node, { report }) => report({ at: node.names[0]!, message: `drops ${node.names[0]!.name.name}` }),
    redis: ({ config }, { report }) => report({ at: config.directives[0]!.range, message: 'directive' }),
  },
});

function facts(files: Record<string, string>): Facts {
  return buildFacts({ files: Object.entries(files).map(([path, text]) => ({ path, text })), applied: { kind: 'none' }, forcedDialect: 'postgresql' });
}

function messages(files: Record<string, string>, rules: readonly Rule[] = [drops], options: CheckOptions = {}): string[] {
  return checkWorkspace(facts(files), { rules, ...options }).map(({ severity, message, applied }) => `${severity}: ${message}${applied ? ' (applied)' : ''}`);
}

describe('suppression', () => {
  const drop = 'DROP TABLE a;';
  it.each([
    ['our own, next line', '-- database-expert-disable-next-line drops: it is empty\nDROP TABLE a;'],
    ['our own, every rule', '-- database-expert-disable-next-line\nDROP TABLE a;'],
    ['our own, same line', 'DROP TABLE a; -- database-expert-disable-line drops: it is empty'],
    ['our own, file', 'DROP TABLE a;\n/* database-expert-disable-file drops */'],
    ['squawk', '-- squawk-ignore the-squawk-name, other\nDROP TABLE a;'],
    ['squawk, file', 'DROP TABLE a;\n-- squawk-ignore-file'],
    ['pgls', '-- pgls-ignore lint/safety/thePglsName: reason\nDROP TABLE\n  a;'],
    ['pgls, a group', '-- pgls-ignore lint/safety: reason\nDROP TABLE a;'],
    ['pgls, all', '-- pgls-ignore lint: reason\nDROP TABLE a;'],
    ['pgls, range', '-- pgls-ignore-start lint/safety/thePglsName: reason\nSELECT 1;\nDROP TABLE a;\n-- pgls-ignore-end lint/safety/thePglsName: reason'],
    ['pgfence, every rule', '-- pgfence-ignore\nDROP TABLE a;'],
    ['atlas, code', '-- atlas:nolint DS102\nDROP TABLE a;'],
    ['atlas, analyzer', '-- atlas:nolint destructive\nDROP TABLE a;'],
    ['atlas, file', '-- atlas:nolint\n\nSELECT 1;\nDROP TABLE a;'],
  ])('%s', (_, text) => expect(messages({ 'a.sql': text })).toEqual([]));

  it.each([
    ['another rule', '-- database-expert-disable-next-line other\nDROP TABLE a;'],
    ['another line', '-- database-expert-disable-next-line drops\n\nDROP TABLE a;'],
    ['another name of squawk', '-- squawk-ignore other\nDROP TABLE a;'],
    ['the statement after the next', '-- squawk-ignore the-squawk-name\nSELECT 1;\nDROP TABLE a;'],
    ['outside the range', '-- pgls-ignore-start lint\nSELECT 1;\n-- pgls-ignore-end lint\nDROP TABLE a;'],
    ['a word in a string', `SELECT 'database-expert-disable-file';\n${drop}`],
  ])('not by %s', (_, text) => expect(messages({ 'a.sql': text })).toEqual(['warning: drops a']));

  it('in redis.conf', () => {
    expect(messages({ 'redis.conf': 'maxmemory 1gb\n' })).toEqual(['warning: directive']);
    expect(messages({ 'redis.conf': '# database-expert-disable-next-line drops: a cache\nmaxmemory 1gb\n' })).toEqual([]);
  });
});

describe('configuration', () => {
  const files = { 'a.sql': 'DROP TABLE a;' };
  it.each([
    ['off', 'drops: off', []],
    ['a level', 'drops: hint', ['hint: drops a']],
    ['a level among options', 'drops: { level: error }', ['error: drops a']],
  ])('%s', (_, rules, expected) => expect(messages({ ...files, 'database-expert.yaml': `rules:\n  ${rules}\n` })).toEqual(expected));

  it('leaves nursery rules off until they are named', () => {
    const nursery = [{ ...drops, status: 'nursery' as const }];
    expect(messages(files, nursery)).toEqual([]);
    expect(messages(files, nursery, { only: ['drops'] })).toEqual(['warning: drops a']);
    expect(messages({ ...files, 'database-expert.yaml': 'rules: { drops: information }\n' }, nursery)).toEqual(['information: drops a']);
  });

  it('hands options to the rule, over their defaults', () => {
    const seen: unknown[] = [];
    const rule: Rule = { ...drops, options: { a: { default: 1, description: 'A.' }, b: { default: 2, description: 'B.' } }, check: { drop: (_, { options }) => void seen.push(options) } };
    messages({ ...files, 'database-expert.yaml': 'rules: { drops: { a: 7 } }\n' }, [rule]);
    expect(seen).toEqual([{ a: 7, b: 2 }]);
  });
});

describe('pending and applied', () => {
  const files = {
    'database-expert.yaml': 'migrations: { applied: "0001" }\n',
    'migrations/0001_a.up.sql': 'DROP TABLE a;',
    'migrations/0001_a.down.sql': 'DROP TABLE x;',
    'migrations/0002_b.up.sql': 'DROP TABLE b;',
    'migrations/0002_b.down.sql': 'DROP TABLE y;',
  };
  it('shows design everywhere, but not in downs', () => expect(messages(files)).toEqual(['warning: drops a (applied)', 'warning: drops b']));
  it('shows how a migration runs on pending ones only', () => {
    const run = [{ ...drops, about: 'run' as const }];
    expect(messages(files, run)).toEqual(['warning: drops b']);
    expect(messages(files, run, { all: true })).toEqual(['warning: drops a (applied)', 'warning: drops b']);
  });
  it('leaves out fixes that edit an applied migration', () => {
    const edit = (file: string) => ({ title: 't', kind: 'safe' as const, changes: [{ file, edits: [{ range: { start: 0, end: 1 }, newText: '' }] }] });
    const rule: Rule = { ...drops, check: { drop: (node, { report, entry }) => report({ at: node.names[0]!, message: 'm', fix: () => edit(entry.placed.file) }) } };
    expect(checkWorkspace(facts(files), { rules: [rule] }).map((finding) => finding.fixes().length)).toEqual([0, 1]);
  });
});

describe('containment', () => {
  it('tells once of a rule that throws, and keeps the others', () => {
    const log: string[] = [];
    const broken: Rule = { ...drops, id: 'broken', check: { drop: () => { throw new Error('planted'); } } };
    expect(messages({ 'a.sql': 'DROP TABLE a;\nDROP TABLE b;' }, [broken, drops], { log: (message) => log.push(message) })).toEqual(['warning: drops a', 'warning: drops b']);
    expect(log).toHaveLength(1);
    expect(log[0]).toMatch(/^rule broken failed on .*planted/s);
  });
  it('tells of a fix that throws, and offers none', () => {
    const log: string[] = [];
    const rule: Rule = { ...drops, check: { drop: (node, { report }) => report({ at: node.names[0]!, message: 'm', fix: () => { throw new Error('planted'); } }) } };
    const [finding] = checkWorkspace(facts({ 'a.sql': 'DROP TABLE a;' }), { rules: [rule], log: (message) => log.push(message) });
    expect(finding!.fixes()).toEqual([]);
    expect(log).toHaveLength(1);
  });
});

describe('tables', () => {
  const prisma = 'datasource db {\n  provider = "postgresql"\n}\nmodel Note {\n  id Int @id\n  @@map("notes")\n}\nmodel Tag {\n  id Int @id\n}\n';
  const files = { 'prisma/schema.prisma': prisma, 'prisma/migrations/1_a/migration.sql': 'CREATE TABLE notes (id int PRIMARY KEY);\nCREATE TABLE logs (id int PRIMARY KEY);' };
  const told: Rule = { ...drops, check: { table: ({ key, table, prisma: model }, { report }) => report({ at: (model ?? table).origin, message: `${key}${model ? ' modelled' : ''}` }) } };

  it('are asked about once each, with their models', () => {
    expect(messages(files, [told]).sort()).toEqual(['warning: Tag modelled', 'warning: logs', 'warning: notes modelled']);
  });
  it('are asked about where one of the two languages of a database is spoken', () => {
    expect(messages(files, [{ ...told, dialects: { prisma: true } }])).toHaveLength(3);
    expect(messages(files, [{ ...told, dialects: { mysql: true } }])).toEqual([]);
  });
});

describe('what is reported', () => {
  it('is ordered by file, offset and rule, without duplicates', () => {
    const twice: Rule = { ...drops, id: 'again', check: { drop: (node, { report }) => [1, 2].forEach(() => report({ at: node.names[0]!, message: 'same' })) } };
    const found = checkWorkspace(facts({ 'b.sql': 'DROP TABLE b;', 'a.sql': 'DROP TABLE a;\nDROP TABLE c;' }), { rules: [drops, twice] });
    expect(found.map(({ at, rule }) => `${at.file} ${at.range.start} ${rule}`)).toEqual(['a.sql 11 again', 'a.sql 11 drops', 'a.sql 25 again', 'a.sql 25 drops', 'b.sql 11 again', 'b.sql 11 drops']);
  });
  it('holds one finding per subject', () => {
    const rule: Rule = { ...drops, check: { drop: (node, { report }) => report({ at: node.names[0]!, message: node.names[0]!.name.name, subject: 'same' }) } };
    expect(messages({ 'a.sql': 'DROP TABLE a;\nDROP TABLE b;' }, [rule])).toEqual(['warning: a']);
  });
  it('is kept while the facts of a database are the same object', () => {
    let asked = 0;
    const rule: Rule = { ...drops, check: { drop: () => void asked++ } };
    const same = facts({ 'a.sql': 'DROP TABLE a;' });
    checkWorkspace(same, { rules: [rule] });
    checkWorkspace({ ...same }, { rules: [rule] });
    expect(asked).toBe(1);
  });
});

it.each([
  ['>=10', 9, false],
  ['>=10', 10, true],
  ['<12', 12, false],
  ['>=10 <12', 11, true],
  ['>=10 <12', 12, false],
  ['>=10', undefined, true],
  [true as const, 1, true],
])('version condition %s for %s is %s', (condition, version, expected) => expect(versionMeets(condition, version)).toBe(expected));

describe('syntax errors', () => {
  const authority = { check: (text: string) => (text.includes('BROKEN') ? { message: 'no', offset: text.indexOf('BROKEN') } : undefined) };
  const find = (text: string, options = {}) => syntaxFindings(facts({ 'a.sql': text }), { postgresql: authority }, options).map(({ at }) => text.slice(at.range.start, at.range.end));

  it('are told of statements that the grammar rejects', () => expect(find('SELECT 1;\nSELECT BROKEN x;')).toEqual(['BROKEN']));
  it('are not told of templates, long statements, or the statement under the caret', () => {
    expect(find('SELECT BROKEN {{ x }};')).toEqual([]);
    expect(find(`SELECT BROKEN '${'x'.repeat(70_000)}';`)).toEqual([]);
    expect(find('SELECT BROKEN;', { caret: { file: 'a.sql', offset: 3 } })).toEqual([]);
  });
  it('are not told of an engine newer than the grammar', () => {
    const newer = buildFacts({ files: [{ path: 'a.sql', text: 'SELECT BROKEN;' }], applied: { kind: 'none' }, forcedDialect: 'postgresql', engineVersion: 19 });
    expect(syntaxFindings(newer, { postgresql: authority }, { newest: { postgresql: 18 } })).toEqual([]);
  });
  it('are judged anew only where the text is new, and follow their statement', () => {
    const judged: string[] = [];
    const counting = { check: (text: string) => (judged.push(text), authority.check(text)) };
    const before = facts({ 'a.sql': 'SELECT 1;\nSELECT BROKEN x;\nSELECT 3;' });
    syntaxFindings(before, { postgresql: counting });
    const script = resplitScript(before.scripts.get('a.sql')!, 'SELECT 10, 11;\nSELECT BROKEN x;\nSELECT 3;').script;
    const after = { ...before, scripts: new Map([['a.sql', script]]) };
    const [finding] = syntaxFindings(after, { postgresql: counting });
    expect(syntaxFindings(after, { postgresql: counting }, { caret: { file: 'a.sql', offset: 0 } })).toHaveLength(1);
    expect(judged).toEqual(['SELECT 1', 'SELECT BROKEN x', 'SELECT 3', 'SELECT 10, 11']);
    expect(script.text.slice(finding!.at.range.start, finding!.at.range.end)).toBe('BROKEN');
  });
  it('are suppressed like a rule', () => expect(find('-- database-expert-disable-next-line syntax-error\nSELECT BROKEN;')).toEqual([]));
});
