import { lintSchema, wasm } from '@prisma/internals';

// This module alone touches @prisma/internals. It is bundled by itself and loaded when it is first needed, because
// loading takes a second or two.

/** One remark of Prisma's schema engine; offsets are UTF-16. */
export interface EngineRemark {
  readonly file_name?: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly is_warning: boolean;
}

/**
 * Validates the files of one schema together.
 * @throws Error when the engine panics
 */
export function lint(files: readonly (readonly [path: string, text: string])[]): readonly EngineRemark[] {
  return lintSchema({ schemas: files.map(([path, text]) => [path, text]) });
}

/** The preview features that the engine knows. */
export function previewFeatures(): readonly string[] {
  return JSON.parse(wasm.prismaSchemaWasm.preview_features()) as string[];
}

/**
 * The data model of a schema as JSON: models, enums, composite types and indexes.
 * @throws Error when the schema is not valid
 */
export function dataModel(files: readonly (readonly [path: string, text: string])[]): string {
  return wasm.prismaSchemaWasm.get_datamodel(JSON.stringify({ prismaSchema: files, noColor: true }));
}
