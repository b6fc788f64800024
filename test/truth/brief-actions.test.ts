import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isCreation } from '../../server/src/edits/change.ts';
import type { SourceFile } from '../../server/src/project/facts.ts';
import { applyChange, checkFixture } from '../support/checkFixture.ts';
import { corporaFolder, hasCorpora } from '../support/corpus.ts';
import { postgresEngine, sqliteEngine, type Engine } from '../support/engines.ts';
import { differenceOf } from '../support/introspectPostgres.ts';

// The four mendings that the product promises first, each on files of a real project, before and after, with the engine as the judge.

const present = hasCorpora('promised fixes on real files');
let postgres: Engine;
let sqlite: Engine;
beforeAll(async () => {
  postgres = await postgresEngine();
  sqlite = sqliteEngine();
});
afterAll(async () => {
  await postgres.close();
  await sqlite.close();
});

/** The files of a folder of the corpora with an ending, in order, under `as`. */
function filesOf(folder: string, ending: string, as: string): SourceFile[] {
  const names = readdirSync(join(corporaFolder, folder)).filter((name) => name.endsWith(ending)).sort();
  return names.map((name) => ({ path: `${as}/${name}`, text: readFileSync(join(corporaFolder, folder, name), 'utf8') }));
}

function findingsIn(files: readonly SourceFile[], rule: string, dialect: Engine['dialect']) {
  return checkFixture({ files, expected: [], dialect, all: true, isolated: false }, { only: [rule] }).findings;
}

/** Runs files one after the other; gives those the engine refused. */
async function run(engine: Engine, files: readonly SourceFile[]): Promise<string[]> {
  const refused: string[] = [];
  for (const { path, text } of files) {
    const problem = await engine.run(text);
    if (!problem) continue;
    if (engine.dialect === 'postgresql') await engine.leaveTransaction();
    refused.push(path);
  }
  return refused;
}

describe.runIf(present)('composite index', () => {
  it.each(['postgresql', 'sqlite'] as const)("sqlc's example of venues on %s", async (dialect) => {
    const engine = dialect === 'sqlite' ? sqlite : postgres;
    const schema = filesOf(`sqlc/examples/ondeck/${dialect}/schema`, '.sql', 'schema');
    const files = [...schema, ...filesOf(`sqlc/examples/ondeck/${dialect}/query`, '.sql', 'query')];
    const [finding] = findingsIn(files, 'missing-composite-index', dialect);
    expect(finding?.message).toBe('venue is filtered by city and sorted by name, and no index leads with these columns');
    const change = finding!.fixes()[0]!;
    const mended = applyChange(files, change);
    await engine.reset();
    expect(await run(engine, schema)).toEqual([]);
    const before = await engine.introspect();
    const made = change.changes.filter(isCreation).map(({ file, create }) => ({ path: file, text: create }));
    expect(await run(engine, made)).toEqual([]);
    expect(differenceOf(before, await engine.introspect()).join('\n')).toMatch(/^\+.*\(\W*city\W*,\W*name\W*/m);
    expect(findingsIn(mended, 'missing-composite-index', dialect).map(({ message }) => message)).not.toContain(finding!.message);
  });
});

describe.runIf(present)('transaction', () => {
  it("authelia's clean-up of consents, run as a script", async () => {
    const history = filesOf('authelia/internal/storage/migrations/postgres', '.up.sql', 'schema').filter(({ path }) => path < 'schema/V0005');
    const name = 'V0005.ConsentSubjectNULL.up.sql';
    const script = { path: 'scripts/clean-up.sql', text: readFileSync(join(corporaFolder, 'authelia/internal/storage/migrations/postgres', name), 'utf8') };
    const files = [...history.map(({ path, text }) => ({ path: path.replace('schema/V', 'schema/').replace(/\.(\w+)\.up/, '_$1.up'), text })), script];
    const [finding] = findingsIn(files, 'multi-write-without-transaction', 'postgresql');
    const mended = applyChange(files, finding!.fixes()[0]!);
    const after = mended.find(({ path }) => path === script.path)!.text;
    expect(after).toMatch(/^BEGIN;\nDELETE FROM oauth2_consent_session\b[\s\S]*\bDELETE FROM user_opaque_identifier\b[^;]*;\nCOMMIT;\n/);
    expect(findingsIn(mended, 'multi-write-without-transaction', 'postgresql')).toEqual([]);
    await postgres.reset();
    expect(await run(postgres, history)).toEqual([]);
    expect(await run(postgres, [{ path: 'after', text: after }])).toEqual([]);
  });
});

describe.runIf(present)('identity', () => {
  it('every serial of concourse, with its 149 migrations run over it', async () => {
    const files = filesOf('concourse/atc/db/migration/migrations', '.up.sql', 'migrations');
    await postgres.reset();
    const refusedBefore = await run(postgres, files);
    const before = await postgres.introspect();
    const findings = findingsIn(files, 'prefer-identity', 'postgresql');
    expect(findings.length).toBeGreaterThan(5);
    let mended: readonly SourceFile[] = files;
    // From the last to the first, so that offsets before an edit stay true.
    for (const finding of [...findings].reverse()) mended = applyChange(mended, finding.fixes()[0]!);
    expect(findingsIn(mended, 'prefer-identity', 'postgresql')).toEqual([]);
    await postgres.reset();
    expect(await run(postgres, mended)).toEqual(refusedBefore);
    const changed = differenceOf(before, await postgres.introspect());
    expect(changed.filter((line) => !/^- column .* default=nextval\(|^\+ column .* default= d\b|^[-+] .*sequence/i.test(line))).toEqual([]);
  });
});

describe.runIf(present)('down migration', () => {
  it('the one that concourse lacks', async () => {
    const folder = 'concourse/atc/db/migration/migrations';
    const ups = filesOf(folder, '.up.sql', 'migrations');
    const files = [...ups, ...filesOf(folder, '.down.sql', 'migrations')];
    const [finding, ...others] = findingsIn(files, 'missing-down-migration', 'postgresql');
    expect(others).toEqual([]);
    const change = finding!.fixes()[0]!;
    expect(change.title).toContain('does not come back');
    const down = change.changes.find(isCreation)!;
    expect(down.file).toBe(finding!.at.file.replace('.up.sql', '.down.sql'));
    const at = ups.findIndex(({ path }) => path === finding!.at.file);
    await postgres.reset();
    await run(postgres, ups.slice(0, at));
    const before = await postgres.introspect();
    expect(await run(postgres, [ups[at]!])).toEqual([]);
    expect(differenceOf(before, await postgres.introspect()).length).toBeGreaterThan(10);
    expect(await run(postgres, [{ path: down.file, text: down.create }])).toEqual([]);
    expect(differenceOf(before, await postgres.introspect())).toEqual([]);
    expect(findingsIn(applyChange(files, change), 'missing-down-migration', 'postgresql')).toEqual([]);
  });
});
