import type { Dialect } from '../../../server/src/source/dialect.ts';
import type { CreateView, PolicyStatement, TableOption } from '../../../server/src/source/sql/ast.ts';
import { clauses, identifier, identifiers, parameters, qualified, quoted, splitOptions, words } from './text.ts';

/** CREATE VIEW and CREATE MATERIALIZED VIEW. */
export function renderCreateView(dialect: Dialect, node: CreateView): string {
  const { storage, clauses: others } = splitOptions(node.options);
  const isSuffix = ({ name }: TableOption) => /^WITH\b/.test(name);
  return words(
    'CREATE',
    node.orReplace && 'OR REPLACE',
    node.temporary && 'TEMPORARY',
    node.recursive && 'RECURSIVE',
    ...(node.characteristics ?? []).map(({ name, value }) => (name === 'SQL SECURITY' ? `${name} ${value}` : `${name} = ${value}`)),
    node.unlogged && 'UNLOGGED',
    node.materialized && 'MATERIALIZED',
    'VIEW',
    node.ifNotExists && 'IF NOT EXISTS',
    qualified(dialect, node.name),
    node.columns.length > 0 && identifiers(dialect, node.columns),
    clauses(others.filter(({ name }) => name === 'USING')),
    storage.length > 0 && `WITH ${parameters(storage)}`,
    clauses(others.filter(({ name }) => name === 'TABLESPACE')),
    'AS',
    node.query.text,
    clauses(others.filter(isSuffix)),
  );
}

const roleWords: ReadonlySet<string> = new Set(['public', 'current_user', 'session_user', 'current_role']);

/** CREATE POLICY and ALTER POLICY. */
export function renderPolicy(dialect: Dialect, node: PolicyStatement): string {
  const created = node.kind === 'createPolicy';
  return words(
    created ? 'CREATE POLICY' : 'ALTER POLICY',
    identifier(dialect, node.name),
    'ON',
    qualified(dialect, node.table),
    created && !node.permissive && 'AS RESTRICTIVE',
    created && `FOR ${node.command.toUpperCase()}`,
    node.roles.length > 0 && `TO ${node.roles.map((role) => (roleWords.has(role) ? role : quoted(dialect, role))).join(', ')}`,
    node.using && `USING (${node.using.text})`,
    node.check && `WITH CHECK (${node.check.text})`,
  );
}
