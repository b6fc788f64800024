import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { diffCatalogs } from '../../server/src/schema/diff.ts';
import { prismaToCatalog } from '../../server/src/schema/prisma.ts';
import { readPrisma } from '../../server/src/source/prisma/read.ts';
import { corporaFolder, corpusFiles, hasCorpora } from '../support/corpus.ts';
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

describe.skipIf(!present || !corpus)('every schema of the corpora', () => {
  test.each(['amplication', 'trigger.dev', 'umami', 'umami-v2', 'saas-starter-kit', 'keystone', 'prisma-examples'])('%s', async (project) => {
    const found: Record<string, readonly string[]> = {};
    for (const path of corpusFiles(project, '.prisma')) {
      const text = currentSchema(readFileSync(join(corporaFolder, path), 'utf8'));
      const provider = /datasource\s+\w+\s*\{[^}]*provider\s*=\s*"(\w+)"/.exec(text)?.[1];
      if (provider !== 'postgresql' && provider !== 'sqlite') continue;
      const list = await differences(provider, text);
      if (list.length > 0) found[path] = list;
    }
    expect(found).toEqual({});
  });
});

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
