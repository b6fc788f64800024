import type { TextRange } from '../../text/range.ts';

// All ranges in this file are file offsets (UTF-16).

export type PrismaValue =
  | { readonly kind: 'string' | 'number' | 'word'; readonly text: string; readonly value: string; readonly range: TextRange }
  | { readonly kind: 'array'; readonly items: readonly PrismaValue[]; readonly range: TextRange }
  | { readonly kind: 'object'; readonly entries: readonly PrismaArgument[]; readonly range: TextRange }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly PrismaArgument[]; readonly range: TextRange }
  | { readonly kind: 'error'; readonly range: TextRange };

export interface PrismaArgument {
  readonly name?: string;
  readonly value: PrismaValue;
  readonly range: TextRange;
}

/** `@id`, `@@index([a, b(sort: Desc)])`; the name has no at signs: `id`, `db.VarChar`. */
export interface PrismaAttribute {
  readonly name: string;
  readonly args: readonly PrismaArgument[];
  readonly range: TextRange;
}

export interface PrismaField {
  readonly name: string;
  readonly nameRange: TextRange;
  /** As written, without `?` and `[]`: `String`, `Unsupported("tsvector")`; empty while it is not typed yet. */
  readonly type: string;
  readonly typeRange: TextRange;
  readonly optional: boolean;
  readonly list: boolean;
  readonly attributes: readonly PrismaAttribute[];
  readonly documentation?: string;
  readonly range: TextRange;
}

export interface PrismaModel {
  readonly kind: 'model' | 'view' | 'type';
  readonly name: string;
  readonly nameRange: TextRange;
  readonly fields: readonly PrismaField[];
  /** Block attributes (@@id, @@index ...). */
  readonly attributes: readonly PrismaAttribute[];
  readonly documentation?: string;
  /** From the keyword to the closing brace. */
  readonly range: TextRange;
  /** The closing brace, before which a block attribute is inserted; undefined while typing. */
  readonly closeBrace?: TextRange;
}

export interface PrismaEnum {
  readonly kind: 'enum';
  readonly name: string;
  readonly nameRange: TextRange;
  readonly values: readonly { readonly name: string; readonly map?: string; readonly range: TextRange }[];
  readonly map?: string;
  readonly schema?: string;
  readonly range: TextRange;
}

/** datasource and generator: assignments. */
export interface PrismaConfigBlock {
  readonly kind: 'datasource' | 'generator';
  readonly name: string;
  readonly nameRange: TextRange;
  readonly properties: readonly { readonly name: string; readonly value: PrismaValue; readonly range: TextRange }[];
  readonly range: TextRange;
}

export type PrismaBlock = PrismaModel | PrismaEnum | PrismaConfigBlock;

export interface PrismaDocument {
  readonly blocks: readonly PrismaBlock[];
  /** Places the reader stumbled over. Never published as syntax errors. */
  readonly problems: readonly { readonly message: string; readonly range: TextRange }[];
  /** `// use prisma-next` stands on the first line. */
  readonly prismaNext: boolean;
}
