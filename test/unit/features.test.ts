import { describe, expect, it } from 'vitest';
import { actionsAt } from '../../server/src/features/actions.ts';
import { countBySeverity, findingKey, shownFindings } from '../../server/src/features/findings.ts';
import { disableFile, disableLine } from '../../server/src/features/suppress.ts';
import { buildFacts } from '../../server/src/project/build.ts';
import { checkWorkspace } from '../../server/src/rules/engine.ts';
import type { Finding, Severity } from '../../server/src/rules/rule.ts';
import { readSettings, settingDeclarations } from '../../server/src/session/settings.ts';
import { applyEdits } from '../../server/src/text/edits.ts';

function finding(severity: Severity, start: number): Finding {
  return { rule: 'r', severity, at: { file: 'a.sql', range: { start, end: start + 1 } }, message: 'm', why: '', help: '', related: [], applied: false, fixes: () => [] };
}

describe('switching a rule off by a comment', () => {
  const file: readonly (readonly [string, string, string, string])[] = [
    ['an ordinary file', 'a.sql', 'SELECT 1;\n', '-- database-expert-disable-file r\nSELECT 1;\n'],
    ['a mark that must stay on the first line', 'a.sql', '-- no-transaction\nSELECT 1;\n', '-- no-transaction\n-- database-expert-disable-file r\nSELECT 1;\n'],
    ['a byte-order mark', 'a.sql', '\uFEFFSELECT 1;\r\n', '\uFEFF-- database-expert-disable-file r\r\nSELECT 1;\r\n'],
    ['a Prisma schema', 's.prisma', 'model A {\n}\n', '// database-expert-disable-file r\nmodel A {\n}\n'],
    ['redis.conf', 'redis.conf', 'port 1\n', '# database-expert-disable-file r\nport 1\n'],
  ];
  it.each(file)('works for the file: %s', (_, path, before, after) => {
    expect(applyEdits(before, [disableFile(before, path, 'r')])).toBe(after);
  });

  it('works for a line, indented alike', () => {
    const text = 'CREATE TABLE t (\n    id SERIAL\n);';
    expect(applyEdits(text, [disableLine(text, 'a.sql', text.indexOf('SERIAL'), 'r')])).toBe('CREATE TABLE t (\n    -- database-expert-disable-next-line r\n    id SERIAL\n);');
  });
});

describe('findings that are shown', () => {
  it('are the worst, and in their order', () => {
    const all = [finding('hint', 1), finding('error', 2), finding('hint', 3), finding('warning', 4), finding('error', 5)];
    const { shown, left } = shownFindings(all, 3);
    expect(shown.map(({ at }) => at.range.start)).toEqual([2, 5, 4]);
    expect(left).toBe(2);
    expect(countBySeverity(all)).toEqual({ error: 2, warning: 1, information: 0, hint: 2 });
  });

  it('are told apart by their key', () => {
    expect(findingKey(finding('hint', 1))).toBe(findingKey(finding('error', 1)));
    expect(findingKey(finding('hint', 1))).not.toBe(findingKey(finding('hint', 2)));
  });
});

describe('settings', () => {
  it('that reach a server or start a program are the machine\'s own: no workspace sets them', () => {
    expect(Object.entries(settingDeclarations).flatMap(([name, { scope }]) => (scope === 'machine' ? [name] : []))).toEqual(['proofs.installedPostgresql', 'proofs.mysqlServer']);
  });

  it('are read from what an editor gives, wrong types counting as not given', () => {
    expect(readSettings({ enable: 'yes', diagnostics: { scope: 'workspace', delay: 40 }, proofs: { background: false, codeLens: 'no', timeout: 0 }, dialect: 'mysql', rules: { 'prefer-identity': 'off', x: 'loud' } })).toEqual({
      enable: true,
      scope: 'workspace',
      showApplied: false,
      delay: 40,
      hover: true,
      proofs: { background: false, codeLens: true, installedPostgresql: false, mysqlServer: '', timeout: 600 },
      dialect: 'mysql',
      rules: { 'prefer-identity': 'off' },
    });
    expect(readSettings(null)).toMatchObject({ enable: true, scope: 'openFiles', delay: 150 });
    expect(readSettings({ proofs: { timeout: 30 } }).proofs.timeout).toBe(30);
  });
});

describe('stating the size of a table', () => {
  const files = [
    { path: 'migrations/0001_orders.up.sql', text: 'CREATE TABLE orders (id bigint PRIMARY KEY, at timestamptz);\n' },
    { path: 'migrations/0002_index.up.sql', text: 'CREATE INDEX orders_at ON orders (at);\n' },
  ];
  const check = (all: readonly { path: string; text: string }[]) => {
    const facts = buildFacts({ files: all, applied: { kind: 'none' } });
    return { facts, findings: checkWorkspace(facts, { only: ['index-blocks-writes'] }) };
  };

  it('is offered where the severity rests on it, and settles the severity', () => {
    const { facts, findings } = check(files);
    expect(findings.map(({ severity }) => severity)).toEqual(['information']);
    const large = actionsAt(facts, findings, files[1]!.path, { start: 0, end: 0 }).find(({ title }) => title.includes('orders is large'));
    const [change] = large!.changes!();
    expect(change).toEqual({ file: 'database-expert.yaml', create: 'scale_targets:\n  rows:\n    orders: 1000000\n' });
    const after = check([...files, { path: change!.file, text: (change as { create: string }).create }]);
    expect(after.findings.map(({ severity }) => severity)).toEqual(['warning']);
    expect(actionsAt(after.facts, after.findings, files[1]!.path, { start: 0, end: 0 }).some(({ kind }) => kind === 'state')).toBe(false);
  });
});
