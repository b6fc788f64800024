import type { TextRange } from '../../text/range.ts';
import { stringValue } from './attributes.ts';
import type { PrismaConfigBlock, PrismaValue } from './ast.ts';
import { readPrisma } from './read.ts';

/** Settings that Prisma 7 moved to prisma.config.ts and refuses in a schema. */
const connectionSettings: ReadonlySet<string> = new Set(['url', 'directUrl', 'shadowDatabaseUrl']);

/**
 * The schema as a Prisma 7 engine accepts it, also when it was written for Prisma 6 or older: connection settings and
 * preview features that the engine does not know are blanked. The length stays, so offsets hold outside of those lists.
 */
export function engineText(text: string, knownFeatures: ReadonlySet<string>): string {
  let result = text;
  const replace = ({ start, end }: TextRange, by = ''): void => {
    const blank = text.slice(start + by.length, end).replace(/[^\r\n]/g, ' ');
    result = result.slice(0, start) + by + blank + result.slice(end);
  };
  for (const block of readPrisma(text).blocks) {
    if (block.kind !== 'datasource' && block.kind !== 'generator') continue;
    for (const property of propertiesToBlank(block)) replace(property.range);
    const features = block.properties.find(({ name }) => name === 'previewFeatures')?.value;
    const known = features && knownItems(features, knownFeatures);
    if (features && known) replace(features.range, `[${known.join(',')}]`);
  }
  return result;
}

function propertiesToBlank(block: PrismaConfigBlock): PrismaConfigBlock['properties'] {
  return block.kind === 'datasource' ? block.properties.filter(({ name }) => connectionSettings.has(name)) : [];
}

/** The items that the engine knows, as written; undefined when it knows them all. */
function knownItems(value: PrismaValue, knownFeatures: ReadonlySet<string>): string[] | undefined {
  if (value.kind !== 'array') return undefined;
  const known = value.items.filter((item) => knownFeatures.has(stringValue(item) ?? ''));
  return known.length === value.items.length ? undefined : known.map((item) => ('text' in item ? item.text : ''));
}
