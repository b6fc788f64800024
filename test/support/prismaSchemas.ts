/** Prisma schemas about one thing each; the models stand alone, the datasource is put in front. */
export const prismaSchemas: readonly { readonly name: string; readonly provider: 'postgresql' | 'sqlite'; readonly datasource?: string; readonly models: string }[] = [
  {
    name: 'scalar and native types',
    provider: 'postgresql',
    models: `model T { id BigInt @id @default(autoincrement())
      a String @db.VarChar(20)
      b String @db.Char(3)
      c String @db.Uuid
      d Int @db.SmallInt
      e Float @db.Real
      f Decimal @db.Decimal(10, 2)
      g DateTime @db.Timestamptz(6)
      h DateTime @db.Date
      i DateTime @db.Time(3)
      j Json @db.Json
      k Bytes
      l Boolean
      m Decimal
      n String @db.VarChar
      o String @db.Bit(4)
      p String @db.VarBit(8)
      q String[] @db.VarChar(5)
      r Int[] @default([1, 2])
      s String @db.Inet
      t DateTime @db.Timestamp
      u Float
      v DateTime @db.Timetz(2)
      w Decimal @db.Money
      x Unsupported("circle")?
      y Int @db.Oid
      z String @db.Xml }`,
  },
  {
    name: 'defaults',
    provider: 'postgresql',
    models: `enum Role { USER
      ADMIN @map("admin user") }
      model T { id String @id @default(uuid())
      a String @default("it's")
      b Int @default(-5)
      c Boolean @default(true)
      d DateTime @default(now())
      e String @default(dbgenerated("gen_random_uuid()")) @db.Uuid
      f Role @default(ADMIN)
      g Role[] @default([USER, ADMIN])
      h String[] @default([])
      i Json @default("[1, 2]")
      j Float @default(1.5)
      k String @default(cuid())
      l Int @default(autoincrement())
      m DateTime @updatedAt
      n BigInt @default(12)
      o Decimal @default("3.25") }`,
  },
  {
    name: 'names and maps',
    provider: 'postgresql',
    models: `model User { id Int @id(map: "users_pk") @map("user_id")
      email String @unique(map: "one_email") @map("e_mail")
      posts Post[]
      @@map("users")
      @@index([email(sort: Desc)], map: "by_email") }
      model Post { id Int
      lang String
      author User? @relation(fields: [authorId], references: [id], map: "written_by")
      authorId Int? @map("author")
      @@id([id, lang])
      @@unique([lang, authorId], name: "langAuthor")
      @@index([authorId])
      @@index(lang) }`,
  },
  {
    name: 'relations and their actions',
    provider: 'postgresql',
    models: `model A { id Int @id
      b B? @relation(fields: [bId], references: [id])
      bId Int? @unique
      c C @relation(fields: [cId], references: [k], onDelete: Cascade, onUpdate: NoAction)
      cId String
      d D @relation(fields: [x, y], references: [x, y], onDelete: SetDefault)
      x Int @default(1)
      y Int @default(2)
      parent A? @relation("tree", fields: [parentId], references: [id], onDelete: NoAction)
      parentId Int?
      children A[] @relation("tree") }
      model B { id Int @id
      a A? }
      model C { k String @id
      a A[] }
      model D { x Int
      y Int
      a A[]
      @@unique([x, y])
      @@id([y, x]) }`,
  },
  {
    name: 'implicit many-to-many',
    provider: 'postgresql',
    models: `model Post { id Int @id
      tags Tag[]
      likes User[] @relation("Likes")
      @@map("posts") }
      model Tag { name String @id @db.VarChar(30)
      posts Post[] }
      model User { id String @id @default(uuid()) @db.Uuid
      likes Post[] @relation("Likes")
      follows User[] @relation("Follows")
      followers User[] @relation("Follows") }`,
  },
  {
    name: 'index kinds',
    provider: 'postgresql',
    models: `model T { id Int @id
      a Json
      b String
      c Int[]
      d String
      @@index([a], type: Gin)
      @@index([a(ops: JsonbPathOps)], type: Gin, map: "path")
      @@index([b], type: Hash)
      @@index([c], type: Gin)
      @@index([b(ops: raw("text_pattern_ops")), d(sort: Desc)])
      @@index([d], type: Brin)
      @@unique([b, d(sort: Desc)]) }`,
  },
  {
    name: 'schemas',
    provider: 'postgresql',
    datasource: 'schemas = ["public", "auth"]',
    models: `enum Kind { A
      @@schema("auth") }
      model User { id Int @id @default(autoincrement())
      kind Kind
      posts Post[]
      @@schema("auth") }
      model Post { id Int @id
      user User @relation(fields: [userId], references: [id])
      userId Int
      tags Tag[]
      @@schema("public") }
      model Tag { id Int @id
      posts Post[]
      @@schema("public") }`,
  },
  {
    name: 'names that are cut',
    provider: 'postgresql',
    models: `model AModelWithANameThatGoesOnAndOnUntilItIsReallyVeryLongIndeed { id Int @id
      aFieldWithANameThatIsLongAsWell Int
      another Int @unique
      @@index([aFieldWithANameThatIsLongAsWell, another]) }`,
  },
  { name: 'no foreign keys under relationMode prisma', provider: 'postgresql', datasource: 'relationMode = "prisma"', models: 'model A { id Int @id\n bs B[] }\n model B { id Int @id\n a A @relation(fields: [aId], references: [id])\n aId Int\n @@index([aId]) }' },
  {
    name: 'SQLite',
    provider: 'sqlite',
    models: `model A { id Int @id @default(autoincrement())
      a String @default("x") @unique
      b DateTime @default(now())
      c Float?
      d Decimal
      e Bytes?
      f BigInt @default(3)
      g Boolean @default(false)
      h Json
      bs B[] }
      model B { k String @id
      a A @relation(fields: [aId], references: [id])
      aId Int }
      model A2 { id Int
      n Int
      u Int @unique
      @@id([id, n])
      @@index([n, id(sort: Desc)]) }`,
  },
];
