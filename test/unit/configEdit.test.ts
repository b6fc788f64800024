import { describe, expect, it } from 'vitest';
import { mergeConfig, turnRuleOff, type ConfigTarget } from '../../server/src/features/configEdit.ts';

const cases: readonly { readonly name: string; readonly before: string; readonly yaml: string; readonly target?: ConfigTarget; readonly after: string; readonly line: number }[] = [
  { name: 'an empty file', before: '', yaml: 'tenant_key: tenant_id', after: 'tenant_key: tenant_id\n', line: 0 },
  { name: 'comments alone', before: '# Settings\n', yaml: 'tenant_key: t', after: '# Settings\ntenant_key: t\n', line: 1 },
  { name: 'a new key', before: 'database_type: mysql # ours\n', yaml: 'tenant_key: t', after: 'database_type: mysql # ours\ntenant_key: t\n', line: 1 },
  { name: 'no newline at the end', before: 'database_type: mysql', yaml: 'tenant_key: t', after: 'database_type: mysql\ntenant_key: t\n', line: 1 },
  {
    name: 'a key inside a mapping that stands, before what follows it',
    before: 'scale_targets:\n  qps: 5\n\n# Tenancy\ntenant_key: t\n',
    yaml: 'scale_targets:\n  p95_ms: 200',
    after: 'scale_targets:\n  qps: 5\n  p95_ms: 200\n\n# Tenancy\ntenant_key: t\n',
    line: 2,
  },
  { name: 'a value that stands', before: 'a: 1\ntenant_key: old # why\nb: 2\n', yaml: 'tenant_key: new', after: 'a: 1\ntenant_key: new # why\nb: 2\n', line: 1 },
  { name: 'a mapping in braces', before: 'scale_targets: { qps: 5 }\n', yaml: 'scale_targets:\n  p95_ms: 200', after: 'scale_targets: { qps: 5, p95_ms: 200 }\n', line: 0 },
  {
    name: 'two keys at different depths',
    before: 'scale_targets:\n  rows:\n    orders: 5\n',
    yaml: 'scale_targets:\n  rows:\n    users: 7\ntenant_key: t',
    after: 'scale_targets:\n  rows:\n    orders: 5\n    users: 7\ntenant_key: t\n',
    line: 3,
  },
  {
    name: 'the entry of a database',
    before: 'databases:\n  - name: shop\n    path: .\n  - name: office\n    path: office\n# end\n',
    yaml: 'operations:\n  pool_size: 10',
    target: { name: 'shop', root: '', several: true },
    after: 'databases:\n  - name: shop\n    path: .\n    operations:\n      pool_size: 10\n  - name: office\n    path: office\n# end\n',
    line: 3,
  },
  {
    name: 'an entry that is found by its folder',
    before: 'databases:\n  - path: ./office/\n',
    yaml: 'tenant_key: t',
    target: { name: 'x', root: 'office', several: true },
    after: 'databases:\n  - path: ./office/\n    tenant_key: t\n',
    line: 2,
  },
  {
    name: 'a new entry of the list',
    before: 'databases:\n  - name: shop\nexclude: [a]\n',
    yaml: 'dialect: mysql',
    target: { name: 'office', root: 'office', several: true },
    after: 'databases:\n  - name: shop\n  - name: office\n    path: office\n    dialect: mysql\nexclude: [a]\n',
    line: 2,
  },
  { name: 'a new list', before: 'exclude: [a]\n', yaml: 'dialect: mysql', target: { name: 'a', root: '', several: true }, after: 'exclude: [a]\ndatabases:\n  - name: a\n    path: .\n    dialect: mysql\n', line: 1 },
  { name: 'the top of the file when there is one database', before: 'exclude: [a]\n', yaml: 'dialect: mysql', target: { name: 'a', root: 'x', several: false }, after: 'exclude: [a]\ndialect: mysql\n', line: 1 },
  { name: 'a list that stands', before: 'exclude:\n  - a\nb: 1\n', yaml: 'exclude:\n  - c', after: 'exclude:\n  - a\n  - c\nb: 1\n', line: 2 },
  { name: 'line ends of the file', before: 'a: 1\r\n', yaml: 'b:\n  c: 2', after: 'a: 1\r\nb:\r\n  c: 2\r\n', line: 1 },
];

describe('changing database-expert.yaml', () => {
  it.each(cases)('puts a setting into $name', ({ before, yaml, target, after, line }) => {
    expect(mergeConfig(before, yaml, target)).toEqual({ text: after, line });
  });

  it('turns a rule off', () => {
    expect(turnRuleOff('rules:\n  drop-table: hint\n', 'prefer-identity').text).toBe('rules:\n  drop-table: hint\n  prefer-identity: off\n');
  });

  it('refuses a file that cannot be read', () => {
    expect(() => mergeConfig('a: [1', 'b: 2')).toThrow('cannot be read');
    expect(() => mergeConfig('- a\n', 'b: 2')).toThrow('not a YAML mapping');
    expect(() => mergeConfig('a: 1\n', 'b: [')).toThrow('the settings are not a YAML mapping');
  });
});
