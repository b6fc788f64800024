import { readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import * as engine from '@prisma/schema-engine-wasm/schema_engine_bg';
import type { PrismaProvider, SchemaText } from '../proofs/prisma/diff.ts';
import { messageOf } from '../text/failure.ts';

/** Prisma's schema engine, with no database behind it. */
export interface PrismaSchemaEngine {
  /**
   * The SQL that turns a database of one schema into one of another.
   * @throws Error when a schema is not valid, or when the engine panics, after which it must not be asked again
   */
  diff(provider: PrismaProvider, from: readonly SchemaText[], to: readonly SchemaText[]): Promise<string>;
}

/** Where a Rust panic leaves its message; without it, the panic itself ends in an exception that says nothing. */
interface PanicRegistry {
  PRISMA_WASM_PANIC_REGISTRY?: { set_message(message: string): void };
}

/**
 * Loads the engine.
 * @param binary the path of `schema_engine_bg.wasm`
 */
export async function loadPrismaSchemaEngine(binary: string): Promise<PrismaSchemaEngine> {
  let panic: string | undefined;
  (globalThis as PanicRegistry).PRISMA_WASM_PANIC_REGISTRY = { set_message: (message) => (panic = message) };
  const { exports } = await WebAssembly.instantiate(await WebAssembly.compile(readFileSync(binary)), { './schema_engine_bg.js': engine });
  engine.__wbg_set_wasm(exports);
  (exports['__wbindgen_start'] as () => void)();
  return {
    async diff(provider, from, to) {
      try {
        const target = (files: readonly SchemaText[]) => ({ tag: 'schemaDatamodel' as const, files: files.map(({ path, text }) => ({ path, content: text })) });
        const started = await engine.SchemaEngine.new({ datamodels: from.map(({ path, text }) => [path, text]) }, () => undefined, bindMigrationAwareSqlAdapterFactory(standIn(provider)));
        const { stdout } = await started.diff({ from: target(from), to: target(to), script: true, exitCode: true, filters: { externalTables: [], externalEnums: [] } });
        return stdout ?? '';
      } catch (error) {
        throw new Error(stripVTControlCharacters(panic ?? messageOf(error)).trim());
      }
    },
  };
}

/** Stands in for a database: before it compares two schemas, the engine only asks which PostgreSQL it speaks to (measured). */
function standIn(provider: PrismaProvider): Parameters<typeof bindMigrationAwareSqlAdapterFactory>[0] {
  const name = provider === 'postgresql' ? 'postgres' : 'sqlite';
  const version = { columnNames: ['namespace_exists', 'version', 'numeric_version'], columnTypes: [5, 7, 0] as (0 | 5 | 7)[], rows: [[true, 'PostgreSQL 16.4', 160004]] };
  const adapter = {
    provider: name,
    adapterName: 'stand-in',
    queryRaw: ({ sql }: { sql: string }) => Promise.resolve(/version\(\)/i.test(sql) ? version : { columnNames: [], columnTypes: [], rows: [] }),
    executeRaw: () => Promise.resolve(0),
    executeScript: () => Promise.resolve(),
    startTransaction: () => Promise.reject(new Error('There is no database.')),
    dispose: () => Promise.resolve(),
    getConnectionInfo: () => ({ schemaName: 'public', supportsRelationJoins: true }),
  } as const;
  return { provider: name, adapterName: 'stand-in', connect: () => Promise.resolve(adapter), connectToShadowDb: () => Promise.resolve(adapter) };
}
