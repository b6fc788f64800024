import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isClientCode } from '../../server/src/project/calls/files.ts';
import { scanWorkspace } from '../../server/src/host/files.ts';
import { checkWorkspace } from '../../server/src/rules/engine.ts';
import { codeTokens } from '../../server/src/source/code/tokens.ts';
import { build } from '../support/workspaceFacts.ts';

const schemaOf = (provider: string) => `datasource db {
  provider = "${provider}"
}

enum Status {
  OPEN @map("open")
  PAID
}

model Order {
  id        Int      @id
  tenantId  Int      @map("tenant_id")
  status    Status
  note      String?
  paid      Boolean
  total     Decimal
  createdAt DateTime @map("created_at")
  tags      Json?
  lines     OrderLine[]

  @@map("orders")
}

model OrderLine {
  id      Int   @id
  orderId Int
  order   Order @relation(fields: [orderId], references: [id])

  @@index([orderId])
}
`;

/** The statements that the calls of a file come to. */
function statementsOf(code: string, provider = 'postgresql'): string[] {
  const [database] = build({ 'prisma/schema.prisma': schemaOf(provider), 'src/orders.ts': code }).databases;
  return database!.workload.filter(({ source }) => source === 'prisma-client').map(({ text }) => text);
}

const orders = 'SELECT * FROM orders WHERE';

describe('a call of Prisma Client is read as the statement that it comes to', () => {
  test.each([
    ['prisma.order.findMany({ where: { tenantId } })', `${orders} tenant_id = $1`],
    ["prisma.order.findMany({ where: { tenantId: 7, note: \"it's\" }, orderBy: { createdAt: 'desc' }, take: 20 })", `${orders} tenant_id = 7 AND note = 'it''s' ORDER BY created_at DESC LIMIT 20`],
    ["tx.order.findFirst({ where: { status: 'OPEN', paid: true }, orderBy: [{ createdAt: 'asc' }, { note: { sort: 'desc', nulls: 'last' } }] })", `${orders} status = 'open' AND paid = true ORDER BY created_at ASC, note DESC NULLS LAST LIMIT 1`],
    ['this.db.order.findMany({ where: { createdAt: { gte: from, lt: to }, note: null }, take: limit })', `${orders} created_at >= $1 AND created_at < $2 AND note IS NULL LIMIT $3`],
    ['db.order.count({ where: { AND: [{ tenantId }, { status: { in: [Status.OPEN, Status.PAID] } }] } })', 'SELECT count(*) FROM orders WHERE tenant_id = $1 AND status IN ($2, $3)'],
    ["db.order.findMany({ where: { tenantId, OR: [{ note: { contains: 'x' } }, { note: { startsWith: 'y' } }], NOT: { paid: false } } })", `${orders} tenant_id = $1 AND ((note LIKE '%x%') OR (note LIKE 'y%')) AND NOT ((paid = false))`],
    ["db.order.findMany({ where: { note: { equals: name, mode: 'insensitive' }, id: { notIn: ids, not: 3 } } })", `${orders} lower(note) = $1 AND id NOT IN ($2, $3) AND id <> 3`],
    ['db.order.deleteMany({ where: { createdAt: { lt: day } } })', 'DELETE FROM orders WHERE created_at < $1'],
    ['db.order.aggregate({ _sum: { total: true }, where: { tenantId } })', 'SELECT count(*) FROM orders WHERE tenant_id = $1'],
    ['db\n  .order\n  .findMany({\n    // those of one tenant\n    where: { tenantId: user.tenantId, note: undefined },\n    include: { lines: true },\n  })', `${orders} tenant_id = $1`],
    ['db.orderLine.findMany({ where: { orderId } as const })', 'SELECT * FROM "OrderLine" WHERE "orderId" = $1'],
    ['db.order.findMany({ where: { tenantId } satisfies Prisma.OrderWhereInput })', `${orders} tenant_id = $1`],
    ['const page = <p>it`s</p>; db.order.findMany({ where: { tenantId: /[/]}`/.test(a) } })', undefined],
    ['const page = (<p>don\'t</p>);\ndb.order.findMany({ where: { tenantId: `${a}` } })', `${orders} tenant_id = $1`],
    ['a = b / c; const re = /\'/g;\ndb.order.findMany({ where: { tenantId } })', `${orders} tenant_id = $1`],
  ])('%s', (code, statement) => {
    expect(statementsOf(code)).toEqual(statement === undefined ? [] : [statement]);
  });

  test('in the words of MySQL', () => {
    expect(statementsOf("db.order.findMany({ where: { tenantId, paid: true, note: 'a\\\\b' } })", 'mysql')).toEqual([`${orders} tenant_id = ? AND paid = 1 AND note = ?`]);
  });
});

describe('what is not decided by what is written is no query', () => {
  test.each([
    'db.order.findMany({ where })',
    'db.order.findMany({ ...page, where: { tenantId } })',
    'db.order.findMany({ where: { tenantId, ...filter } })',
    'db.order.findMany({ where: { tenantId, [key]: 1 } })',
    'db.order.findMany({ where: { tenantId, status: status ?? undefined } })',
    'db.order.findMany({ where: { tenantId: user?.tenantId } })',
    'db.order.findMany({ where: { tenantId, createdAt: { gte: from ? from : undefined } } })',
    'db.order.findMany({ where: { lines: { some: { id: 1 } } } })',
    "db.order.findMany({ where: { tags: { path: ['a'], equals: 1 } } })",
    'db.order.findMany({ where: { tenantId, colour: 1 } })',
    'db.order.findMany({ where: { tenantId }, orderBy: { [sort]: order } })',
    'db.order.findMany({ where: { tenantId }, orderBy: { createdAt: order } })',
    "db.order.findMany({ where: { tenantId }, orderBy: { lines: { _count: 'desc' } } })",
    'db.order.findMany({ where: {} })',
    'db.order.findMany()',
    'db.order.findUnique({ where: { id } })',
    'db.parcel.findMany({ where: { tenantId } })',
    'findMany({ where: { tenantId } })',
    'order.findMany({ where: { tenantId } })',
    'db.order.findMany({ where: { OR: [{ tenantId }, {}] } })',
    '// db.order.findMany({ where: { tenantId } })',
    '/* db.order.findMany({ where: { tenantId } }) */',
    "'db.order.findMany({ where: { tenantId } })'",
    '`db.order.findMany({ where: { tenantId } })`',
    'db.order.findMany({ where: { tenantId }',
    'db.order.findMany({ where: { tenantId: [ } })',
  ])('%s', (code) => {
    expect(statementsOf(code)).toEqual([]);
  });
});

test('tokens cover a text that is cut anywhere', () => {
  const code = "const a = `x${b ? `${c}` : '}'}y`; /re[/]x/g; // end\n'open\n/* open";
  for (let end = 0; end <= code.length; end++) {
    const text = code.slice(0, end);
    const tokens = codeTokens(text);
    expect(tokens.every((token, i) => token.end > token.start && token.end <= end && (i === 0 || token.start >= tokens[i - 1]!.end))).toBe(true);
  }
});

test.each([
  ['src/orders.ts', true],
  ['app/api/route.tsx', true],
  ['server/index.mjs', true],
  ['src/orders.test.ts', false],
  ['src/__tests__/orders.ts', false],
  ['types/client.d.ts', false],
  ['prisma/seed.ts', false],
  ['scripts/backfill.ts', false],
  ['db/changes/0002_backfill.ts', false],
  ['src/orders.sql', false],
])('%s may hold calls of the application: %s', (path, expected) => {
  expect(isClientCode(path)).toBe(expected);
});

test('a scan reads code only beside a Prisma schema, and keeps the text only where it calls the client', async () => {
  const root = mkdtempSync(join(tmpdir(), 'database-expert-client-'));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const call = 'db.order.findMany({ where: { tenantId } });';
  write('a.sql', 'SELECT 1;');
  write('src/call.ts', call);
  write('src/other.ts', 'export {};');
  write('src/large.js', `${call}${' '.repeat(600_000)}`);
  write('node_modules/x/index.js', call);
  try {
    expect((await scanWorkspace(root)).files.map(({ path }) => path)).toEqual(['a.sql']);
    write('prisma/schema.prisma', '');
    const { files, leftAlone } = await scanWorkspace(root);
    expect(files.map(({ path, text }) => [path, text.length > 0])).toEqual([['a.sql', true], ['prisma/schema.prisma', false], ['src/call.ts', true], ['src/large.js', false], ['src/other.ts', false]]);
    expect(leftAlone).toEqual([]);
  } finally {
    rmSync(root, { recursive: true });
  }
});

describe('missing-composite-index', () => {
  const call = "export const newest = () => prisma.order.findMany({ where: { tenantId }, orderBy: { createdAt: 'desc' }, take: 20 });\n";
  const findingsOf = (files: Readonly<Record<string, string>>) => checkWorkspace(build(files), { only: ['missing-composite-index'] });

  test('stands at the model, and leads to the calls that ask for the index', () => {
    const [finding, ...others] = findingsOf({ 'schema.prisma': schemaOf('postgresql'), 'src/a.ts': call, 'src/b.ts': call });
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ message: 'Order is filtered by tenantId and sorted by createdAt, and no index leads with these fields', help: 'Index [tenantId, createdAt(sort: Desc)].' });
    expect(finding!.at.file).toBe('schema.prisma');
    expect(schemaOf('postgresql').slice(finding!.at.range.start, finding!.at.range.end)).toBe('Order');
    const related = finding!.related.map(({ file, range, message }) => [file, call.slice(range.start, range.end), message]);
    expect(related).toEqual([['src/a.ts', 'order.findMany', 'order.findMany asks for it'], ['src/b.ts', 'order.findMany', 'order.findMany would use the same index']]);
    const [fix] = finding!.fixes();
    expect(fix!.title).toBe('Add @@index([tenantId, createdAt(sort: Desc)]) to Order');
  });

  test('is silent once the model has the index', () => {
    const indexed = schemaOf('postgresql').replace('@@map("orders")', '@@index([tenantId, createdAt(sort: Desc)])\n  @@map("orders")');
    expect(findingsOf({ 'schema.prisma': indexed, 'src/a.ts': call })).toEqual([]);
  });

  test('asks the schema that stands nearest, and none where two are as near', () => {
    const files = { 'a/prisma/schema.prisma': schemaOf('postgresql'), 'b/prisma/schema.prisma': schemaOf('sqlite') };
    expect(findingsOf({ ...files, 'b/src/orders.ts': call }).map(({ at }) => at.file)).toEqual(['b/prisma/schema.prisma']);
    expect(findingsOf({ ...files, 'c/orders.ts': call })).toEqual([]);
  });

  test('follows an edit of the code and of the schema', () => {
    const schema = schemaOf('postgresql');
    const first = build({ 'schema.prisma': schema, 'src/a.ts': 'x' }, { incremental: true });
    expect(checkWorkspace(first, { only: ['missing-composite-index'] })).toEqual([]);
    const second = build({ 'schema.prisma': schema, 'src/a.ts': call }, { incremental: true }, first);
    expect(checkWorkspace(second, { only: ['missing-composite-index'] })).toHaveLength(1);
    const third = build({ 'schema.prisma': schema.replaceAll('tenantId ', 'ownerId  '), 'src/a.ts': call }, { incremental: true }, second);
    expect(checkWorkspace(third, { only: ['missing-composite-index'] })).toEqual([]);
  });
});
