import { suggestedChange } from '../../edits/builders.ts';
import type { FileEdits } from '../../edits/change.ts';
import type { RedisFacts } from '../../project/facts.ts';
import type { RedisConfig, RedisDirective } from '../../source/redis/ast.ts';
import { defineRule, type Report } from '../rule.ts';

const evict = 'maxmemory-policy allkeys-lru';

export const redisEviction = defineRule({
  id: 'redis-eviction',
  dialects: { redis: true },
  severity: 'warning',
  concern: 'operations',
  about: 'design',
  status: 'stable',
  summary: 'Say what a Redis cache forgets, and when.',
  why: 'With a memory limit and no eviction policy Redis answers writes with an error once it is full; with a policy and no limit it grows until the system kills it.',
  fix: 'Set maxmemory and maxmemory-policy together.',
  fixKind: 'suggestion',
  examples: [
    { dialect: 'redis', bad: 'maxmemory 512mb\nappendonly no\n', good: 'maxmemory 512mb\nmaxmemory-policy allkeys-lru\nappendonly no\n' },
    { dialect: 'redis', bad: 'maxmemory-policy allkeys-lru\n', good: 'maxmemory 512mb\nmaxmemory-policy allkeys-lru\n' },
  ],
  references: [{ title: 'Redis: Key eviction', url: 'https://redis.io/docs/latest/develop/reference/eviction/' }],
  aliases: {},
  check: {
    redis(redis, { facts, report }) {
      const text = facts.files.get(redis.file)?.text ?? '';
      const limit = last(redis.config, 'maxmemory');
      const policy = last(redis.config, 'maxmemory-policy');
      const limited = limit !== undefined && !/^0+[a-z]*$/i.test(limit.args[0] ?? '0');
      const found = limited ? withoutPolicy(redis, text, limit, policy) : withoutLimit(redis, text, limit, policy);
      if (found) report(found);
    },
  },
});

/** The directive that counts: Redis takes the last one. */
function last(config: RedisConfig, name: string): RedisDirective | undefined {
  return config.directives.filter((directive) => directive.name === name).at(-1);
}

/** A store that keeps its data on disk is no cache: refusing writes when full is what it should do. */
function isDurable(config: RedisConfig): boolean {
  return last(config, 'appendonly')?.args[0]?.toLowerCase() === 'yes';
}

/** `save ""` without an append-only file: nothing is kept on disk, so what the store holds can be made again. */
function withoutPersistence(config: RedisConfig): RedisDirective | undefined {
  const save = last(config, 'save');
  return save && (save.args[0] ?? '').replace(/^(["'])\1$/, '') === '' && !isDurable(config) ? save : undefined;
}

function withoutPolicy({ file, config }: RedisFacts, text: string, limit: RedisDirective, policy: RedisDirective | undefined): Report | undefined {
  if (policy?.args[0]?.toLowerCase() === 'noeviction' && withoutPersistence(config)) {
    return {
      at: policy,
      message: 'noeviction makes a cache of which nothing is kept on disk refuse writes once its memory is full',
      help: 'Set maxmemory-policy to allkeys-lru for a cache, or keep the data on disk when it must not be lost.',
      fix: () => suggestedChange('Evict the least recently used keys (allkeys-lru)', { file, edits: [{ range: policy.range, newText: evict }] }),
    };
  }
  // Elsewhere an explicit noeviction is a decision, not an omission.
  if (policy || isDurable(config)) return undefined;
  return {
    at: limit,
    message: `maxmemory ${limit.args[0]} has no maxmemory-policy, so writes fail once the memory is full`,
    help: 'Add maxmemory-policy allkeys-lru for a cache, volatile-lru when only keys with a lifetime may go, or noeviction when writes should fail.',
    fix: () => suggestedChange('Evict the least recently used keys (allkeys-lru)', lineAfter(file, text, limit, evict)),
  };
}

function withoutLimit({ file, config }: RedisFacts, text: string, limit: RedisDirective | undefined, policy: RedisDirective | undefined): Report | undefined {
  const cache = withoutPersistence(config);
  if (cache && (!policy || policy.args[0]?.toLowerCase() === 'noeviction')) {
    return {
      at: limit ?? cache,
      severity: 'information',
      message: 'This cache has no memory limit and grows until the system kills it',
      help: 'Set maxmemory below the memory of the machine, and maxmemory-policy to what may be forgotten.',
      fix: () => {
        const lines = policy ? 'maxmemory 1gb' : `maxmemory 1gb${lineEnding(text)}${evict}`;
        const { edits } = limit ? { edits: [{ range: limit.range, newText: lines }] } : lineAfter(file, text, cache, lines);
        return suggestedChange('Limit the memory to 1 GB', { file, edits: [...edits, ...(policy ? [{ range: policy.range, newText: evict }] : [])] });
      },
    };
  }
  if (!policy || policy.args[0]?.toLowerCase() === 'noeviction') return undefined;
  return {
    at: policy,
    severity: 'information',
    message: `maxmemory-policy ${policy.args[0]} has no effect without maxmemory`,
    help: 'Set maxmemory below the memory of the machine.',
    fix: () => suggestedChange('Limit the memory to 1 GB', limit ? { file, edits: [{ range: limit.range, newText: 'maxmemory 1gb' }] } : lineAfter(file, text, policy, 'maxmemory 1gb')),
  };
}

/** A line of its own below a directive, with the file's line ending. */
function lineAfter(file: string, text: string, { range }: RedisDirective, line: string): FileEdits {
  return { file, edits: [{ range: { start: range.end, end: range.end }, newText: `${lineEnding(text)}${line}` }] };
}

function lineEnding(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}
