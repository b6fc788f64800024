import type { CancellationToken } from 'vscode-languageserver/node';
import type { ProveAnswer, ProveParams } from '../../../../protocol/requests.ts';
import { enginesOf, provablesIn } from '../../features/proofs.ts';
import type { MigrationStep } from '../../project/facts.ts';
import { leaksOf, originOfLeak, problemsOf } from '../../proofs/problems.ts';
import { outcomesOf, wholeOutcomesOf, type DatabaseProof } from '../../proofs/report.ts';
import type { ServerContext } from '../context.ts';
import { Converter } from '../convert.ts';
import type { Folder } from '../folders.ts';
import { showProgress } from '../progress.ts';
import type { Prover } from '../prover.ts';

/** databaseExpert/prove: proves the migration of a file, or the pending ones of a folder, with progress that can be stopped. */
export async function prove(context: ServerContext, prover: Prover, params: ProveParams | null, token: CancellationToken): Promise<ProveAnswer> {
  // On what is proved, the settings say.
  await context.configured;
  const wanted = params?.uri === undefined ? pendingOf(context, params?.folder) : await migrationsAt(context, params.uri, params.version);
  if ('reason' in wanted) return { migrations: 0, engines: [], problems: [], notRun: [], reason: wanted.reason };
  const { folder, select } = wanted;
  prover.makeWay();
  const progress = showProgress(context, 'Database Expert proves', 0);
  const cancelled = token.onCancellationRequested(() => progress.stop());
  try {
    const databases = await prover.prove(folder, { select, asked: true, whole: params?.uri === undefined, offers: params?.uri === undefined ? 'downs' : 'downs and fixes', signal: progress.signal, onProgress: ({ done, total }) => progress.report(done, total, 'migrations') });
    if (progress.signal.aborted) return { migrations: 0, engines: [], problems: [], notRun: [], reason: 'The proof was stopped.' };
    if (databases.length === 0) return { migrations: 0, engines: [], problems: [], notRun: [], reason: 'No migration is pending.' };
    return await answerOf(context, folder, databases);
  } finally {
    cancelled.dispose();
    progress.end();
  }
}

type Wanted = { readonly folder: Folder; readonly select: (step: MigrationStep) => boolean } | { readonly reason: string };

function pendingOf({ folders }: ServerContext, uri: string | undefined): Wanted {
  const folder = folders.byUri(uri);
  return folder && !folder.loose ? { folder, select: ({ migration }) => !migration.applied } : { reason: 'No folder is open.' };
}

/** The migrations of a file, the one of that version where it holds several. */
async function migrationsAt({ folders }: ServerContext, uri: string, version: string | undefined): Promise<Wanted> {
  const location = folders.locate(uri);
  const none = { reason: 'This file is no migration of the workspace.' };
  if (!location || location.folder.loose) return none;
  const { facts } = await location.folder.session.latest(true);
  const steps = provablesIn(facts, location.path).map(({ step: { migration } }) => `${migration.up.file}\0${migration.version}`);
  const chosen = new Set(steps.filter((key) => version === undefined || key.endsWith(`\0${version}`)));
  return chosen.size === 0 ? none : { folder: location.folder, select: ({ migration }) => chosen.has(`${migration.up.file}\0${migration.version}`) };
}

async function answerOf({ folders }: ServerContext, folder: Folder, databases: readonly DatabaseProof[]): Promise<ProveAnswer> {
  const snapshot = await folder.session.latest(true);
  const proofs = databases.flatMap(({ migrations }) => migrations);
  const at = (file: string, start: number, message: string): ProveAnswer['problems'][number] => ({ uri: folders.uriOf(folder, file), line: new Converter(snapshot, file).position(start).line, message });
  const problems = proofs.flatMap(problemsOf).map(({ file, start, brief }) => at(file, start, brief));
  const leaks = databases.flatMap((proof) => {
    const catalog = snapshot.facts.databases.find(({ name }) => name === proof.database)?.catalog;
    return leaksOf(proof).flatMap((leak) => {
      const origin = catalog && originOfLeak(catalog, leak);
      return origin ? [at(origin.file, origin.range.start, leak.observed)] : [];
    });
  });
  const outcomes = databases.flatMap((proof) => [...proof.migrations.flatMap(outcomesOf), ...wholeOutcomesOf(proof)]);
  const notRun = outcomes.flatMap((outcome) => (outcome.ran ? [] : [`${outcome.experiment}: ${outcome.reason}`]));
  return { migrations: proofs.length, engines: enginesOf(outcomes), problems: [...problems, ...leaks], notRun: [...new Set(notRun)] };
}
