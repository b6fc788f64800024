import type { Engine } from '../../proofs/engine.ts';
import type { PostgresqlInstallation } from './postgresqlInstallation.ts';

/** An installation as an engine; what it needs is loaded when the first session is opened. `open` throws what `PostgresqlEngine` throws. */
export function installedEngine(installation: PostgresqlInstallation): Engine {
  let engine: Promise<Engine> | undefined;
  return {
    id: 'postgresql',
    dialect: 'postgresql',
    async open(options) {
      engine ??= import('./postgresqlEngine.ts').then(({ PostgresqlEngine }) => new PostgresqlEngine(installation));
      return await (await engine).open(options);
    },
  };
}
