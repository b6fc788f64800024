import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { dataModel, previewFeatures } from '../../server/src/host/prismaInternals.ts';
import { dialectOfProvider, groupPrismaFiles, type PrismaSchema } from '../../server/src/project/prismaSchemas.ts';
import { prismaToCatalog } from '../../server/src/schema/prisma.ts';
import type { PrismaModel } from '../../server/src/source/prisma/ast.ts';
import { attribute, mapName } from '../../server/src/source/prisma/attributes.ts';
import { engineText } from '../../server/src/source/prisma/engineText.ts';
import { readPrisma } from '../../server/src/source/prisma/read.ts';
import { corporaFolder, corpusFiles, hasCorpora } from '../support/corpus.ts';
import { catalogLines, engineLines } from '../support/prismaCatalogLines.ts';
import { engineDatamodel, ownDatamodel } from '../support/prismaDatamodel.ts';

const corpus = hasCorpora('datamodels of Prisma schemas');
const features = corpus ? new Set(previewFeatures()) : new Set<string>();

interface File {
  readonly path: string;
  readonly text: string;
}

/** The engine's answer; undefined when it refuses the files as one schema. */
function answered(group: readonly File[]): string | undefined {
  try {
    return dataModel(group.map(({ path, text }) => [path, engineText(text, features)]));
  } catch {
    return undefined;
  }
}

function viewsOf({ files }: PrismaSchema): ReadonlySet<string> {
  return new Set(files.flatMap(({ document }) => document.blocks.filter(({ kind }) => kind === 'view').map(({ name }) => name)));
}

/** What the engine does not tell of, although it is in the database: what is ignored, and columns of types that Prisma has no name for. */
function hiddenIn({ files }: PrismaSchema): ReadonlySet<string> {
  const models = files.flatMap(({ document }) => document.blocks.filter((block): block is PrismaModel => block.kind === 'model'));
  return new Set(
    models.flatMap((model) => {
      const table = mapName(model) ?? model.name;
      const fields = model.fields.filter((field) => field.type.startsWith('Unsupported(') || attribute(field, 'ignore'));
      return [...(attribute(model, 'ignore') ? [table] : []), ...fields.map((field) => `${table}.${mapName(field) ?? field.name}`)];
    }),
  );
}

describe.skipIf(!corpus)('what we read of a Prisma schema is what Prisma reads', () => {
  const files = corpusFiles('', '.prisma').map((path): File => ({ path, text: readFileSync(join(corporaFolder, path), 'utf8') }));
  const projects = [...new Set(files.map(({ path }) => path.split('/')[0]!))];

  test('all of them', () => {
    expect(files.length).toBeGreaterThan(135);
  });

  test.each(projects)('%s', (project) => {
    const refused: string[] = [];
    for (const file of files.filter(({ path }) => path.startsWith(`${project}/`))) {
      const folder = files.filter(({ path }) => dirname(path) === dirname(file.path));
      const group = [[file], folder].find((one) => answered(one) !== undefined);
      if (group) expect(ownDatamodel(group.map(({ text }) => readPrisma(text))), file.path).toEqual(engineDatamodel(answered(group)!));
      else refused.push(file.path);
    }
    expect(refused).toEqual([]);
  });

  test.each(projects)('%s as a catalog', (project) => {
    for (const file of files.filter(({ path }) => path.startsWith(`${project}/`))) {
      const folder = files.filter(({ path }) => dirname(path) === dirname(file.path));
      const group = [[file], folder].find((one) => answered(one) !== undefined)!;
      const [schema] = groupPrismaFiles(group.map((one) => ({ ...one, document: readPrisma(one.text) })));
      const dialect = dialectOfProvider(schema!.provider ?? '');
      if (!dialect) continue;
      const { catalog } = prismaToCatalog(schema!.files, dialect);
      const expected = engineLines(answered(group)!, dialect, { foreignKeys: schema!.relationMode === 'foreignKeys', views: viewsOf(schema!) });
      expect(catalogLines(catalog, hiddenIn(schema!)), file.path).toEqual(expected);
    }
  });
});
