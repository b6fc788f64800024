import { suggestedChange } from '../../edits/builders.ts';
import type { FileEdits } from '../../edits/change.ts';
import type { RedisFacts } from '../../project/facts.ts';
import type { RedisConfig, RedisDirective } from '../../source/redis/ast.ts';
import { defineRule, type Report } from '../rule.ts';

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

function withoutPolicy({ file, config }: RedisFacts, text: string, limit: RedisDirective, policy: RedisDirective | undefined): Report | undefined {
  // An explicit noeviction is a decision, not an omission.
  if (policy || isDurable(config)) return undefined;
  return {
    at: limit,
    message: `maxmemory ${limit.args[0]} has no maxmemory-policy, so writes fail once the memory is full`,
    help: 'Add maxmemory-policy allkeys-lru for a cache, volatile-lru when only keys with a lifetime may go, or noeviction when writes should fail.',
    fix: () => suggestedChange('Evict the least recently used keys (allkeys-lru)', lineAfter(file, text, limit, 'maxmemory-policy allkeys-lru')),
  };
}

function withoutLimit({ file }: RedisFacts, text: string, limit: RedisDirective | undefined, policy: RedisDirective | undefined): Report | undefined {
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
  const ending = text.includes('\r\n') ? '\r\n' : '\n';
  return { file, edits: [{ range: { start: range.end, end: range.end }, newText: `${ending}${line}` }] };
}
