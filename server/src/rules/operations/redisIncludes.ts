import type { Facts, RedisFacts } from '../../project/facts.ts';
import { globMatcher } from '../../project/globs.ts';
import { baseName, folderOf, joinPath } from '../../project/paths.ts';
import type { RedisDirective } from '../../source/redis/ast.ts';

/** A directive as the server reads it; one of an included file stands where its `include` does. */
export interface ReadDirective extends RedisDirective {
  readonly included?: true;
}

const deepest = 8;

/**
 * What a server that is started with a file reads, in order; undefined when that cannot be known: a file is included that the
 * workspace does not hold, or the file itself is named by the include of another one.
 */
export function directivesRead(facts: Facts, redis: RedisFacts): ReadDirective[] | undefined {
  return facts.redis.some((other) => includes(other, redis.file)) ? undefined : read(facts, redis, deepest);
}

function read(facts: Facts, { file, config }: RedisFacts, depth: number): ReadDirective[] | undefined {
  const all: ReadDirective[] = [];
  for (const directive of config.directives) {
    if (directive.name !== 'include') {
      all.push(directive);
      continue;
    }
    const path = pathBeside(file, directive);
    const found = depth === 0 ? undefined : facts.redis.find((other) => other.file === path);
    const inner = found && read(facts, found, depth - 1);
    if (!inner) return undefined;
    const { nameRange, valueRange, range } = directive;
    all.push(...inner.map(({ name, args }) => ({ name, args, nameRange, valueRange, range, included: true as const })));
  }
  return all;
}

/** Where the file of an include lies when the server runs in the folder of the configuration; undefined where only the server knows its folder. */
function pathBeside(file: string, { args: [path = ''] }: RedisDirective): string | undefined {
  return path.startsWith('/') || path.includes('..') ? undefined : joinPath(folderOf(file), ...path.split('/').filter((segment) => segment !== '.'));
}

/** Whether an include means a file. Elsewhere only the name tells, because the folders of the server are not known. */
function includes(redis: RedisFacts, file: string): boolean {
  return redis.config.directives.some((directive) => {
    if (directive.name !== 'include') return false;
    const beside = pathBeside(redis.file, directive);
    const [pattern, path] = beside === undefined ? [baseName(directive.args[0]!), baseName(file)] : [`/${beside}`, file];
    return pattern !== '' && globMatcher([pattern])(path);
  });
}
