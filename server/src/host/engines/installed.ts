import type { Engine } from '../../proofs/engine.ts';
import { installedEngine } from './installedEngine.ts';
import { findPostgresql } from './postgresqlInstallation.ts';

/** The PostgreSQL installations of this machine as engines, each for its own major version. */
export async function installedEngines(): Promise<readonly Engine[]> {
  const found = await findPostgresql();
  return found.map((installation) => ({ ...engineOf(installedEngine(installation)), major: installation.major }));
}

/** The engine as a plain object: its methods stay bound to it. */
function engineOf(engine: Engine): Engine {
  return { id: engine.id, dialect: engine.dialect, open: (options) => engine.open(options) };
}
