import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadPrismaAuthority, type PrismaAuthority } from '../../server/src/host/prismaAuthority.ts';
import { dataModel, previewFeatures } from '../../server/src/host/prismaInternals.ts';
import type { PrismaBlock, PrismaDocument, PrismaEnum, PrismaField, PrismaModel } from '../../server/src/source/prisma/ast.ts';
import {
  argument, attribute, attributes, fieldNames, indexFields, mapName, stringArgument, stringValue, type FieldName,
} from '../../server/src/source/prisma/attributes.ts';
import { engineText } from '../../server/src/source/prisma/engineText.ts';
import { readPrisma } from '../../server/src/source/prisma/read.ts';
import type { TextRange } from '../../server/src/text/range.ts';
import { corporaFolder, corpusFiles, hasCorpora } from '../support/corpus.ts';

const isModel = (block: PrismaBlock): block is PrismaModel => block.kind === 'model' || block.kind === 'view' || block.kind === 'type';
const isEnum = (block: PrismaBlock): block is PrismaEnum => block.kind === 'enum';

const sample = `// use the shop
datasource db {
  provider     = "postgresql"
  url          = env("DATABASE_URL")
  relationMode = "prisma"
}

generator client {
  provider        = "prisma-client-js"
  previewFeatures = ["views", "metrics", "typedSql"]
}

/// A buyer 💡.
///
/// Pays.
model Customer {
  id        Int       @id @default(autoincrement()) /// the key
  /// Where to write.
  email     String    @unique @db.VarChar(255)
  nick      String?   @map("nick_name") /* two
    lines */
  tags      String[]  @default(["a", "b"])
  place     Unsupported("point")?
  balance   Decimal   @default(0.5) @db.Decimal(10, 2)
  shop      Shop      @relation("owner", fields: [shopId], references: [id], onDelete: Cascade)
  shopId    Int

  @@index([shopId, email(ops: raw("varchar_pattern_ops"), sort: Desc)], map: "by_shop", type: BTree)
  @@index(nick) @@unique(fields: [id, shopId], name: "both")
  @@index([
    balance, // by money
    tags(length: 10),
  ], where: { balance: { gt: 3 } })
  @@map("customers")
  @@schema("crm")
}

enum State {
  OPEN   @map("open")
  CLOSED // no more

  @@map("states")
}
`;

describe('a schema', () => {
  const document = readPrisma(sample);
  const customer = document.blocks.filter(isModel)[0]!;
  const at = ({ start, end }: TextRange): string => sample.slice(start, end);
  const field = (name: string): PrismaField => customer.fields.find((each) => each.name === name)!;

  test('is read without a problem, block by block', () => {
    expect(document.problems).toEqual([]);
    expect(document.blocks.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['datasource db', 'generator client', 'model Customer', 'enum State']);
    expect(document.prismaNext).toBe(false);
    expect(readPrisma('// use prisma-next\nmodel A {}').prismaNext).toBe(true);
  });

  test('has exact ranges', () => {
    expect(at(customer.nameRange)).toBe('Customer');
    expect(at(customer.closeBrace!)).toBe('}');
    expect(at(customer.range)).toMatch(/^model Customer \{[^]*\}$/);
    expect(at(field('email').range)).toBe('email     String    @unique @db.VarChar(255)');
    expect(at(field('place').typeRange)).toBe('Unsupported("point")');
    expect(at(field('shop').attributes[0]!.range)).toBe('@relation("owner", fields: [shopId], references: [id], onDelete: Cascade)');
    const [first] = attributes(customer, 'index');
    expect(indexFields(first!).map(({ range }) => at(range))).toEqual(['shopId', 'email(ops: raw("varchar_pattern_ops"), sort: Desc)']);
  });

  test('has fields with types, marks and documentation', () => {
    expect(customer.fields.map(({ name, type, optional, list }) => `${name}:${type}${list ? '[]' : ''}${optional ? '?' : ''}`)).toEqual([
      'id:Int', 'email:String', 'nick:String?', 'tags:String[]', 'place:Unsupported("point")?', 'balance:Decimal', 'shop:Shop', 'shopId:Int',
    ]);
    expect([customer.documentation, field('id').documentation, field('email').documentation]).toEqual(['A buyer 💡.\n\nPays.', 'the key', 'Where to write.']);
    expect(field('balance').attributes.map(({ name }) => name)).toEqual(['default', 'db.Decimal']);
  });

  test('answers questions about attributes', () => {
    expect(mapName(customer)).toBe('customers');
    expect(mapName(field('nick'))).toBe('nick_name');
    expect(stringArgument(customer, 'schema', 'map', 0)).toBe('crm');
    const relation = attribute(field('shop'), 'relation')!;
    expect(stringValue(argument(relation, 'name', 0))).toBe('owner');
    expect(fieldNames(argument(relation, 'references')).map(({ name }) => name)).toEqual(['id']);
    expect(argument(relation, 'onDelete')).toMatchObject({ kind: 'word', value: 'Cascade' });
    const plain = ({ name, sort, length, ops }: FieldName): object => ({ name, sort, length, ops });
    expect(attributes(customer, 'index').map((index) => indexFields(index).map(plain))).toEqual([
      [{ name: 'shopId' }, { name: 'email', sort: 'desc', ops: 'varchar_pattern_ops' }],
      [{ name: 'nick' }],
      [{ name: 'balance' }, { name: 'tags', length: 10 }],
    ]);
    expect(indexFields(attribute(customer, 'unique')!).map(({ name }) => name)).toEqual(['id', 'shopId']);
    expect(argument(attributes(customer, 'index')[2]!, 'where')).toMatchObject({ kind: 'object', entries: [{ name: 'balance' }] });
  });

  test('has enums and settings', () => {
    const [state] = document.blocks.filter(isEnum);
    expect([state!.map, state!.values.map(({ name, map }) => [name, map])]).toEqual(['states', [['OPEN', 'open'], ['CLOSED', undefined]]]);
    const [datasource] = document.blocks;
    expect(datasource?.kind === 'datasource' && datasource.properties.map(({ name, value }) => [name, at(value.range)])).toEqual([
      ['provider', '"postgresql"'], ['url', 'env("DATABASE_URL")'], ['relationMode', '"prisma"'],
    ]);
  });

  test('is blanked where a Prisma 7 engine refuses what Prisma 6 wrote', () => {
    const blanked = engineText(sample, new Set(['views', 'typedSql']));
    expect(blanked.length).toBe(sample.length);
    expect(blanked).not.toMatch(/url|metrics/);
    expect(blanked).toContain('["views","typedSql"]');
    expect(blanked.slice(blanked.indexOf('/// A buyer'))).toBe(sample.slice(sample.indexOf('/// A buyer')));
  });
});

describe('half-typed text costs at most its block', () => {
  const around = (piece: string): string => `model A {\n  id Int @id\n}\n\n${piece}\n\nmodel Z {\n  id Int @id\n}\n`;

  test.each([
    'model', 'model B', 'model B {', 'model B {\n  id', 'model B {\n  id Int @', 'model B {\n  id Int @relation(fields: [', 'model B {\n  id String[',
    'model B {\n  id Int @default("x\n}', 'model B {\n  id Int\n  @@index([id, \n}', 'model B {\n  id Int\n  @@', 'enum B {\n  X @map(', 'datasource db {\n  url =',
    '}', '"', '/*', 'mdel B {\n  type String\n}', 'model B {\n  @@index([a, b(sort: \n  name String\n}', 'model {\n id Int\n}', 'model B { id Int { } }', '@@index(',
  ])('%j', (piece) => {
    const names = readPrisma(around(piece)).blocks.map(({ name }) => name);
    expect(names[0]).toBe('A');
    expect(names.at(-1)).toBe('Z');
    expect(readPrisma(around(piece)).blocks.filter(({ name }) => name === 'A' || name === 'Z')).toHaveLength(2);
  });

  test('an open argument list ends where the next member begins', () => {
    const [model] = readPrisma('model A {\n  a Int @default(\n  b Int\n  @@index([a\n  @@unique([b])\n}').blocks as PrismaModel[];
    expect(model!.fields.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(model!.attributes.map(({ name }) => name)).toEqual(['index', 'unique']);
    expect(model!.closeBrace).toBeDefined();
  });
});

describe.skipIf(!hasCorpora('prisma-reader'))('real schemas', () => {
  const files = corpusFiles('', '.prisma').map((path) => ({ path, text: readFileSync(join(corporaFolder, path), 'utf8') }));

  test('are read without a problem', () => {
    expect(files.length).toBeGreaterThan(100);
    expect(files.filter(({ text }) => readPrisma(text).problems.length > 0).map(({ path }) => path)).toEqual([]);
  });

  test('have the models, fields, enums and indexes that Prisma sees', () => {
    const features = new Set(previewFeatures());
    let compared = 0;
    const refused: string[] = [];
    for (const { path, text } of files) {
      const together = [[{ path, text }], files.filter((file) => dirname(file.path) === dirname(path))].find((group) => modelOf(group, features) !== undefined);
      if (!together) {
        refused.push(path);
        continue;
      }
      expect(ownModel(together.map((file) => readPrisma(file.text))), path).toEqual(modelOf(together, features));
      compared++;
    }
    expect(compared, refused.join('\n')).toBeGreaterThan(130);
  });
});

describe('Prisma itself', () => {
  let authority: PrismaAuthority;
  beforeAll(async () => {
    authority = await loadPrismaAuthority();
  });

  test('accepts a schema of Prisma 6 and points at mistakes', () => {
    const text = 'datasource db {\n  provider = "postgresql"\n  url = env("URL")\n}\nmodel A {\n  id Int @id // 💡\n  b  Itn\n}\n';
    const remarks = authority.lint([['schema.prisma', text]]);
    expect(remarks).toMatchObject([{ file: 'schema.prisma', isWarning: false }]);
    expect(text.slice(remarks[0]!.start, remarks[0]!.end)).toBe('Itn');
    expect(authority.lint([['schema.prisma', text.replace('Itn', 'Int')]])).toEqual([]);
    expect(authority.lint([['schema.prisma', `// use prisma-next\n${text}`]])).toEqual([]);
  });

  test('reads several files as one schema', () => {
    const files: [string, string][] = [['a.prisma', 'datasource db {\n  provider = "sqlite"\n}\nmodel A {\n  id Int @id\n  b B[]\n}\n'], ['b.prisma', 'model B {\n  id Int @id\n}\n']];
    expect(authority.lint(files)).toMatchObject([{ file: 'a.prisma', isWarning: false }]);
  });
});

interface EngineModel {
  readonly enums: readonly { name: string; dbName?: string | null; values: readonly { name: string; dbName?: string | null }[] }[];
  readonly models: readonly {
    name: string; dbName?: string | null; documentation?: string;
    fields: readonly { name: string; dbName?: string; type: string; isList: boolean; isRequired: boolean; documentation?: string }[];
  }[];
  readonly types: EngineModel['models'];
  readonly indexes: readonly { model: string; type: string; dbName?: string; fields: readonly { name: string; sortOrder?: string; length?: number }[] }[];
}

interface Summary {
  readonly enums: readonly string[];
  readonly models: readonly string[];
  readonly indexes: readonly string[];
}

const showIndex = (model: string, type: string, map: string | undefined, fields: readonly { name: string; sort?: string; length?: number }[]): string =>
  `${model} ${type} ${map ?? ''} ${fields.map(({ name, sort, length }) => `${name} ${sort ?? ''} ${length ?? ''}`).join(',')}`;

/** The engine keeps blanks at the ends of lines, and takes block comments for documentation, marks included. */
const showDocumentation = (text = ''): string => (text.startsWith('*') ? '' : text.replace(/[ \t]+$/gm, ''));

/** What the engine says of a schema; undefined when it refuses it. */
function modelOf(group: readonly { path: string; text: string }[], features: ReadonlySet<string>): Summary | undefined {
  let model: EngineModel;
  try {
    model = JSON.parse(dataModel(group.map(({ path, text }) => [path, engineText(text, features)]))) as EngineModel;
  } catch {
    return undefined;
  }
  return {
    enums: model.enums.map(({ name, dbName, values }) => `${name} ${dbName ?? ''}: ${values.map((value) => `${value.name} ${value.dbName ?? ''}`).join()}`).sort(),
    models: [...model.models, ...model.types].flatMap(({ name, dbName, documentation, fields }) => [
      `${name} ${dbName ?? ''} ${showDocumentation(documentation)}`,
      ...fields.map((field) => `${name}.${field.name} ${field.dbName ?? ''} ${field.type} ${field.isList} ${field.isRequired} ${showDocumentation(field.documentation)}`),
    ]).sort(),
    indexes: model.indexes.map(({ model: owner, type, dbName, fields }) => showIndex(owner, type, dbName, fields.map((field) => ({ ...field, sort: field.sortOrder })))).sort(),
  };
}

/** The same from the documents of our reader. */
function ownModel(documents: readonly PrismaDocument[]): Summary {
  const blocks = documents.flatMap((document) => document.blocks);
  // The engine leaves out what is ignored, and fields of types that it does not support.
  const models = blocks.filter(isModel).filter((model) => !attribute(model, 'ignore'));
  return {
    enums: blocks.filter(isEnum).map(({ name, map, values }) => `${name} ${map ?? ''}: ${values.map((value) => `${value.name} ${value.map ?? ''}`).join()}`).sort(),
    models: models.flatMap((model) => [
      `${model.name} ${mapName(model) ?? ''} ${model.documentation ?? ''}`,
      ...model.fields.filter((field) => !field.type.startsWith('Unsupported(') && !attribute(field, 'ignore')).map((field) =>
        `${model.name}.${field.name} ${mapName(field) ?? ''} ${field.type} ${field.list} ${field.list || !field.optional} ${field.documentation ?? ''}`,
      ),
    ]).sort(),
    indexes: models.flatMap((model) => [
      ...model.fields.flatMap((field) => ['id', 'unique'].flatMap((type) => {
        const own = attribute(field, type);
        return own ? [showIndex(model.name, type, stringArgument(field, type, 'map'), [{ name: field.name, ...ownOptions(own) }])] : [];
      })),
      ...['id', 'unique', 'index', 'fulltext'].flatMap((type) => attributes(model, type).map((index) =>
        showIndex(model.name, type === 'index' ? 'normal' : type, stringValue(argument(index, 'map') ?? (type === 'index' ? argument(index, 'name') : undefined)), indexFields(index)),
      )),
    ]).sort(),
  };
}

/** `@id(sort: Desc)`, `@unique(length: 10)`. */
function ownOptions(own: Parameters<typeof argument>[0]): { sort?: string; length?: number } {
  const sort = argument(own, 'sort');
  const length = argument(own, 'length');
  return {
    ...(sort?.kind === 'word' ? { sort: sort.value.toLowerCase() } : {}),
    ...(length?.kind === 'number' ? { length: Number(length.value) } : {}),
  };
}
