import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { corporaFolder } from './corpus.ts';
import { runUpDown, upDownRecords, type UpDownRecord } from './updown.ts';

const whole = process.env['DATABASE_EXPERT_WHOLE'] === '1';

export function upDownTests(dialect: UpDownRecord['dialect']): void {
  if (!existsSync(corporaFolder)) return;
  test.each(upDownRecords(dialect))('$id', async (record) => {
    const results = await runUpDown(record, (index) => whole || index % 10 === 9);
    const unlike = results.filter(({ ours, recorded }) => recorded !== undefined && ours !== recorded.cls);
    for (const { name, ours, own, recorded } of unlike) console.log(`UNLIKE ${record.id} ${name}: recorded ${recorded!.cls} ${recorded?.err ?? ''} ${JSON.stringify(recorded?.diff ?? []).slice(0, 600)}\n   ours ${ours} ${own.ran ? JSON.stringify([own.detail.schema.slice(0, 6), own.detail.error]).slice(0, 900) : ''}`);
    const synth = results.filter(({ ours }) => ours !== 'up_error');
    const good = synth.filter(({ written }) => written.ran && written.detail.verdict.startsWith('restored'));
    const exact = good.filter(({ written }) => written.ran && written.detail.verdict === 'restored');
    for (const { name, script, written } of synth) if (!written.ran || !written.detail.verdict.startsWith('restored')) console.log(`SYNTH ${record.id} ${name} complete=${script.complete} ${script.reason ?? ''}\n   ${written.ran ? JSON.stringify([written.detail.verdict, written.detail.schema.slice(0, 6), written.detail.error]).slice(0, 900) : written.reason}`);
    const ms = results.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
    console.log(`SUMMARY ${record.id}: ${results.length} pairs, ${results.filter(({ recorded }) => recorded).length} recorded, ${unlike.length} unlike; synth ${good.length} of ${synth.length} (${exact.length} exact); overclaimed ${synth.filter((r) => r.script.complete && !good.includes(r)).length}; ms median ${ms[ms.length >> 1]?.toFixed(0)} max ${ms.at(-1)?.toFixed(0)} sum ${ms.reduce((a, b) => a + b, 0).toFixed(0)}`);
    expect(results.length).toBeGreaterThan(-1);
  }, 3_600_000);
}
