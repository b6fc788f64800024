import type { SchemaReport } from '../../../../protocol/schema.ts';
import type { Catalog } from '../../schema/catalog.ts';
import { renderCatalog, renderName, terminated } from '../../schema/render.ts';
import type { Arguments, CommandSpec } from '../args.ts';
import type { ExitCode, Io } from '../io.ts';
import { isAsked, load, targetsOf, tellProblems, type Loaded } from '../load.ts';
import { loadOptions, readingOptions } from './check.ts';
import { wireDatabase } from '../wireSchema.ts';

export const schemaSpec: CommandSpec = {
  summary: 'Prints the schema that the history makes.',
  usage: 'schema [PATHS] [--format json|sql]',
  positionals: { least: 0, most: Number.MAX_SAFE_INTEGER, what: 'no name' },
  options: {
    format: { kind: 'value', choices: ['json', 'sql'], help: 'how to print (default json)' },
    ...readingOptions,
  },
};

export async function schema(args: Arguments, io: Io): Promise<ExitCode> {
  const databases = [];
  const loaded: Loaded[] = [];
  for (const target of await targetsOf(io, args.positionals)) {
    const one = await load(target, loadOptions(args));
    const { facts } = one;
    loaded.push(one);
    const asked = new Set([...facts.roleOf].flatMap(([file, { database }]) => (isAsked(target, file) ? [database] : [])));
    databases.push(...facts.databases.filter((_, index) => asked.has(index)));
  }
  if (args.values.get('format') === 'sql') {
    for (const database of databases) {
      if (databases.length > 1) io.out(`-- database ${database.name} (${database.dialect})\n`);
      for (const name of unmadeTables(database.catalog)) io.out(`-- not made here, as its columns are not all known: ${name}\n`);
      for (const statement of renderCatalog(database.catalog)) io.out(terminated(database.dialect, statement));
    }
    return tellProblems(io, loaded) ? 2 : 0;
  }
  const result: SchemaReport = { version: 1, databases: databases.map(wireDatabase) };
  io.out(`${JSON.stringify(result, null, 2)}\n`);
  return tellProblems(io, loaded) ? 2 : 0;
}

/** Tables that are there without all of their columns being known, of CREATE TABLE AS for instance; each fits on a line of a comment. */
function unmadeTables({ dialect, tables }: Catalog): string[] {
  const unmade = [...tables.values()].filter((table) => table.knowledge === 'unknown' && !table.virtual && !table.temporary);
  return unmade.map(({ schema, name }) => renderName(dialect, schema, name).replaceAll(/[\r\n]+/g, ' ')).sort();
}
