import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isCreation } from '../../server/src/edits/change.ts';
import { changedSteps } from '../../server/src/project/changedSteps.ts';
import { fixSubjectOf, textOf, type FixSubject } from '../../server/src/proofs/experiments/fix/subject.ts';
import { rules } from '../../server/src/rules/index.ts';
import { renderCatalog } from '../../server/src/schema/render.ts';
import { applyEdits } from '../../server/src/text/edits.ts';
import { applyChange, checkFixture } from '../support/checkFixture.ts';
import { readFixture, type Fixture } from '../support/fixture.ts';
import { runnerFixtures } from '../support/runnerLayouts.ts';

const folder = join(import.meta.dirname, '../fixtures/rules');
const fixtures = rules.flatMap(({ id }) => {
  const files = existsSync(join(folder, id)) ? readdirSync(join(folder, id)).filter((name) => !name.endsWith('.fixed.txt')) : [];
  return files.map((name) => ({ name: `${id}/${name}`, fixture: readFixture(readFileSync(join(folder, id, name), 'utf8'), name) }));
});
const all = [...fixtures, ...runnerFixtures.map(({ pitfall, dialect, runner, fixture }) => ({ name: `${pitfall} on ${dialect} with ${runner}`, fixture }))];

const shown = (subject: FixSubject | undefined) => subject && { before: renderCatalog(subject.before), original: subject.original.map(textOf), fixed: subject.fixed.map(textOf) };

/** What each fix of a fixture changes in what runs: read apart, and of the workspace built anew with the fix in it. */
function bothWays(fixture: Fixture) {
  const { facts, findings } = checkFixture(fixture);
  return findings.flatMap((finding) => finding.fixes().flatMap((fix) => {
    const database = facts.databases.find(({ name }) => name === finding.database);
    const after = database && checkFixture({ ...fixture, files: applyChange(fixture.files, fix) }).facts.databases.find(({ name }) => name === database.name);
    if (!database || !after || database.steps.length === 0) return [];
    const texts = new Map(fix.changes.map((one) => [one.file, isCreation(one) ? one.create : applyEdits(facts.files.get(one.file)?.text ?? '', one.edits)]));
    const changed = changedSteps(facts, database, texts, 100);
    if (typeof changed === 'string') throw new Error(changed);
    return [{ title: fix.title, apart: shown(changed && fixSubjectOf({ steps: changed.before, scripts: [] }, { steps: changed.after, scripts: [] })), anew: shown(fixSubjectOf({ steps: database.steps, scripts: [] }, { steps: after.steps, scripts: [] })) }];
  }));
}

describe('what a fix changes in migrations is read as it is when the workspace is built anew', () => {
  test.each(all)('$name', ({ fixture }) => {
    for (const { title, apart, anew } of bothWays(fixture)) expect({ title, subject: apart }).toEqual({ title, subject: anew });
  });

  test('of many fixes', () => {
    const read = all.flatMap(({ fixture }) => bothWays(fixture));
    expect(read.filter(({ anew }) => anew).length).toBeGreaterThan(100);
  });
});
