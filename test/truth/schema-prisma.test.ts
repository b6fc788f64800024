import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dialectOfProvider } from '../../server/src/project/prismaSchemas.ts';
import { diffCatalogs } from '../../server/src/schema/diff.ts';
import { prismaToCatalog } from '../../server/src/schema/prisma.ts';
import { renderCatalog } from '../../server/src/schema/render.ts';
import { readPrisma } from '../../server/src/source/prisma/read.ts';
import { splitScript } from '../../server/src/source/splitter.ts';
import { corporaFolder, corpusFiles, hasCorpora } from '../support/corpus.ts';
import type { Judge } from '../support/historyTruth.ts';
import { differenceOf } from '../support/introspectPostgres.ts';
import { postgresJudge, sqliteJudge, truthPglite } from '../support/judges.ts';
import { currentSchema, prismaEngine } from '../support/prismaEngine.ts';
import { prismaSchemas } from '../support/prismaSchemas.ts';
import { corpusScripts } from '../support/schemaHistories.ts';
import { fold, foldScripts } from '../support/schemaTruth.ts';

const engines = { postgresql: await prismaEngine('postgresql'), sqlite: await prismaEngine('sqlite') };
const present = engines.postgresql !== undefined && engines.sqlite !== undefined;

/** How our translation differs from the SQL that Prisma's own engine writes for the schema. */
async function differences(provider: 'postgresql' | 'sqlite', text: string): Promise<string[]> {
  const sql = await engines[provider]!([{ path: 'schema.prisma', content: text }]);
  const { catalog } = prismaToCatalog([{ path: 'schema.prisma', document: readPrisma(text), text }], provider);
  return diffCatalogs(fold(provider, sql), catalog).map((difference) => difference.text);
}

describe.skipIf(!present)('a Prisma schema gives the schema that Prisma Migrate makes', () => {
  test.each(prismaSchemas)('$name', async ({ provider, datasource = '', models }) => {
    const text = `datasource db {\n  provider = "${provider}"\n  ${datasource}\n}\n${models.replaceAll(/\s*\n\s*/g, '\n').replaceAll('{', '{\n').replaceAll(/ \}/g, '\n}\n')}`;
    expect(await differences(provider, text)).toEqual([]);
  });
});

const corpus = hasCorpora('Prisma schemas');

interface Schema {
  readonly path: string;
  readonly text: string;
  readonly provider: 'postgresql' | 'sqlite';
}

/** Schemas for other engines; those for MySQL are left out because Prisma's engine needs a server to tell their SQL. */
const elsewhere: Readonly<Record<string, string>> = {
  'prisma-examples/databases/cockroachdb/prisma/schema.prisma': 'cockroachdb',
  'prisma-examples/databases/mongodb/prisma/schema.prisma': 'mongodb',
  'prisma-examples/databases/sql-server/prisma/schema.prisma': 'sqlserver',
  'prisma-examples/deployment-platforms/azure-functions/prisma/schema.prisma': 'sqlserver',
  'taxonomy/prisma/schema.prisma': 'mysql',
  'umami-v2/db/mysql/schema.prisma': 'mysql',
};

/** A type of PostGIS, which the embedded PostgreSQL has not. */
const beyondPglite = 'prisma-examples/typescript/postgis-express/prisma/schema.prisma';

/** Every other schema of the corpora. */
const schemas = (corpus ? corpusFiles('', '.prisma') : []).flatMap((path): Schema[] => {
  const text = currentSchema(readFileSync(join(corporaFolder, path), 'utf8'));
  const provider = dialectOfProvider(/datasource\s+\w+\s*\{[^}]*provider\s*=\s*"(\w+)"/.exec(text)?.[1] ?? '');
  return provider === 'postgresql' || provider === 'sqlite' ? [{ path, text, provider }] : [];
});
const projects = [...new Set(schemas.map(({ path }) => path.split('/')[0]!))];
const schemasOf = (project: string) => schemas.filter(({ path }) => path.startsWith(`${project}/`));

describe.skipIf(!present || !corpus)('every schema of the corpora', () => {
  test('is there, but for those of other engines', () => {
    expect(corpusFiles('', '.prisma').filter((path) => !schemas.some((schema) => schema.path === path))).toEqual(Object.keys(elsewhere));
    expect(schemas.length).toBeGreaterThan(135);
  });

  test.each(projects)('%s', async (project) => {
    const found: Record<string, readonly string[]> = {};
    for (const { path, text, provider } of schemasOf(project)) {
      const list = await differences(provider, text);
      if (list.length > 0) found[path] = list;
    }
    expect(found).toEqual({});
  });
});

describe.skipIf(!present || !corpus)('the engine says the same of the SQL of Prisma and of our catalog', () => {
  const judges = { postgresql: undefined as Judge | undefined, sqlite: undefined as Judge | undefined };

  beforeAll(async () => {
    judges.postgresql = postgresJudge(await truthPglite());
    judges.sqlite = sqliteJudge();
    await judges.postgresql.empty();
  });

  afterAll(async () => {
    await judges.postgresql?.close();
    await judges.sqlite?.close();
  });

  test.each(projects)('%s', async (project) => {
    const found: Record<string, readonly string[]> = {};
    for (const { path, text, provider } of sampled(schemasOf(project).filter((schema) => schema.path !== beyondPglite))) {
      const judge = judges[provider]!;
      const sql = await engines[provider]!([{ path: 'schema.prisma', content: text }]);
      const prisma = await judge.make(splitScript(sql, provider).statements.map((statement) => statement.text));
      const own = await judge.make(renderCatalog(prismaToCatalog([{ path, document: readPrisma(text), text }], provider).catalog));
      expect(prisma.facts.length, path).toBeGreaterThan(0);
      const list = [...prisma.errors, ...own.errors, ...differenceOf(prisma.facts, own.facts)];
      if (list.length > 0) found[path] = list;
    }
    expect(found).toEqual({});
  });
});

/** All of them by command, a few of each project otherwise. */
function sampled(list: readonly Schema[]): readonly Schema[] {
  return process.env.DATABASE_EXPERT_WHOLE === '1' ? list : list.slice(0, 3);
}

describe.skipIf(!corpus)('schema.prisma and its migrations tell the same schema', () => {
  // What differs is drift of the projects themselves: keys dropped for a host without them, an index that was never migrated.
  test.each([
    {
      name: 'taxonomy',
      dialect: 'mysql' as const,
      schema: 'taxonomy/prisma/schema.prisma',
      but: ['foreign key of accounts is new', 'foreign key of sessions is new', 'foreign key of posts is new'],
    },
    {
      name: 'umami',
      dialect: 'postgresql' as const,
      schema: 'umami/prisma/schema.prisma',
      but: ['extension pgcrypto is gone', 'index of session_replay is new', 'unique constraint of session_replay_saved is gone', 'index of session_replay_saved is new'],
    },
    { name: 'amplication plugins', dialect: 'postgresql' as const, schema: 'amplication/packages/amplication-plugin-api/prisma/schema.prisma', but: [] },
    { name: 'amplication catalog', dialect: 'postgresql' as const, schema: 'amplication/packages/data-service-generator-catalog/prisma/schema.prisma', but: [] },
    { name: 'saas-starter-kit', dialect: 'postgresql' as const, schema: 'saas-starter-kit/prisma/schema.prisma', but: [] },
    { name: 'umami 2 on MySQL', dialect: 'mysql' as const, schema: 'umami-v2/db/mysql/schema.prisma', but: [] },
    { name: 'umami 2 on PostgreSQL', dialect: 'postgresql' as const, schema: 'umami-v2/db/postgresql/schema.prisma', but: ['extension pgcrypto is gone'] },
  ])('$name', ({ name, schema, dialect, but }) => {
    const folder = schema.slice(0, schema.lastIndexOf('/'));
    const { catalog } = foldScripts(dialect, corpusScripts({ name, folder, files: /migration\.sql$/ }));
    const text = readFileSync(join(corporaFolder, schema), 'utf8');
    const told = prismaToCatalog([{ path: schema, document: readPrisma(text), text }], dialect).catalog;
    const found = diffCatalogs(catalog, told).map((difference) => difference.text.replace(/:.*/s, ''));
    expect(found).toEqual(but);
  });
});
