import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

type Script = (files: readonly { readonly path: string; readonly content: string }[]) => Promise<string>;

interface SchemaEngine {
  diff(options: unknown): Promise<{ stdout?: string }>;
}

interface EngineModule {
  __wbg_set_wasm(exports: unknown): void;
  readonly SchemaEngine: { readonly new: (options: unknown, log: () => void, adapter: unknown) => Promise<SchemaEngine> };
}

/** WebAssembly is a value of the language, which the types of Node 20 do not name. */
const webAssembly = (globalThis as unknown as { WebAssembly: { instantiate(source: Uint8Array, imports: unknown): Promise<{ instance: { exports: Record<string, unknown> } }> } }).WebAssembly;

/** An adapter that has no database behind it: the engine only asks which PostgreSQL it speaks to. */
function stub(provider: string) {
  const answer = (sql: string) =>
    /version\(\)/i.test(sql)
      ? { columnNames: ['namespace_exists', 'version', 'numeric_version'], columnTypes: [5, 7, 0], rows: [[true, 'PostgreSQL 16.4', 160004]] }
      : { columnNames: [], columnTypes: [], rows: [] };
  const adapter = {
    provider,
    adapterName: 'stub',
    queryRaw: ({ sql }: { sql: string }) => Promise.resolve(answer(sql)),
    executeRaw: () => Promise.resolve(0),
    executeScript: () => Promise.resolve(),
    startTransaction: () => Promise.reject(new Error('no transactions')),
    dispose: () => Promise.resolve(),
    getConnectionInfo: () => ({ schemaName: 'public', maxBindValues: 32766, supportsRelationJoins: true }),
  };
  return { provider, adapterName: 'stub', connect: () => Promise.resolve(adapter), connectToShadowDb: () => Promise.resolve(adapter) };
}

/**
 * Prisma's own schema engine (WebAssembly, no database): the SQL it would write for a schema on an empty database.
 * Undefined, said aloud, where the engine is not installed.
 */
export async function prismaEngine(provider: 'postgresql' | 'sqlite'): Promise<Script | undefined> {
  try {
    const require = createRequire(import.meta.url);
    const path = require.resolve('@prisma/schema-engine-wasm/schema_engine_bg');
    const engine = (await import(pathToFileURL(path).href)) as EngineModule;
    const { bindMigrationAwareSqlAdapterFactory: bind } = (await import('@prisma/driver-adapter-utils')) as { bindMigrationAwareSqlAdapterFactory: (factory: unknown) => unknown };
    const { instance } = await webAssembly.instantiate(readFileSync(path.replace(/_bg\.js$/, '_bg.wasm')), { './schema_engine_bg.js': engine });
    engine.__wbg_set_wasm(instance.exports);
    (instance.exports['__wbindgen_start'] as () => void)();
    (globalThis as Record<string, unknown>)['PRISMA_WASM_PANIC_REGISTRY'] = { set_message: () => {} };
    return async (files) => {
      const adapter = bind(stub(provider === 'postgresql' ? 'postgres' : 'sqlite'));
      const datamodels = files.map(({ path: file, content }) => [file, content]);
      const started = await engine.SchemaEngine.new({ datamodels }, () => {}, adapter);
      const { stdout } = await started.diff({ from: { tag: 'empty' }, to: { tag: 'schemaDatamodel', files }, script: true, exitCode: true, filters: { externalTables: [], externalEnums: [] } });
      return stdout ?? '';
    };
  } catch (error) {
    console.error(`SKIPPED: comparison with Prisma's schema engine: ${(error as Error).message}`);
    return undefined;
  }
}

/** A schema as the current engine takes it: connection settings and preview features of older versions blanked. */
export function currentSchema(text: string): string {
  const blank = (match: string) => match.replaceAll(/[^\n]/g, ' ');
  return text
    .replaceAll(/^\s*(?:url|directUrl|shadowDatabaseUrl)\s*=.*$/gm, blank)
    .replaceAll(/^\s*previewFeatures\s*=\s*\[[^\]]*\]/gm, blank)
    .replaceAll(/^\s*provider\s*=\s*"prisma-client-js"\s*$/gm, (match) => match);
}
