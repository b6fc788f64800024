import { baseName, folderOf, joinPath } from '../paths.ts';
import type { MigrationRoot, Placement, Runner } from './runner.ts';
import { compareText } from './versions.ts';

/**
 * Position of a change in sqitch.plan; the end when it is not listed. A change that was reworked is listed again: its script from
 * before is named after the tag that stands between the two (`users@v1.sql`).
 */
function planIndex({ name }: Placement, root: MigrationRoot): number {
  const plan = (root.text(joinPath(root.folder, 'sqitch.plan')) ?? '').split(/\r?\n/).map((line) => line.trim().split(/\s/, 1)[0]!.replace(/^\+/, ''));
  const [change, tag] = name.split('@');
  const listed = tag === undefined ? plan : plan.slice(0, Math.max(0, plan.indexOf(`@${tag}`)));
  const line = listed.lastIndexOf(change!);
  return line < 0 ? Number.MAX_SAFE_INTEGER : line;
}

/** Sqitch: deploy and revert scripts in the order of the plan; the scripts hold their transactions themselves. */
export const sqitch: Runner = {
  id: 'sqitch',
  title: 'Sqitch',
  transaction: 'none',
  down: 'pair',
  reference: 'https://sqitch.org/docs/manual/sqitchtutorial/',
  manifest: 'sqitch.plan',
  mayRead: ({ folder, text }) => /(?:^|\/)(?:deploy|revert)$/.test(folder) && text(joinPath(folderOf(folder), 'sqitch.plan')) !== undefined,
  place: (path) => {
    const folder = folderOf(path);
    const kind = baseName(folder);
    if ((kind !== 'deploy' && kind !== 'revert') || !path.endsWith('.sql')) return undefined;
    const name = baseName(path).slice(0, -'.sql'.length);
    return { file: path, root: folderOf(folder), version: name, name, part: kind === 'deploy' ? 'up' : 'down' };
  },
  confidence: (root) => (root.text(joinPath(root.folder, 'sqitch.plan')) === undefined ? 0 : 0.98),
  compare: (a, b, root) => planIndex(a, root) - planIndex(b, root) || compareText(a.name, b.name),
  transactionOf: () => 'none',
  create: () => undefined,
};
