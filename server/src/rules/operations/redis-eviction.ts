import { suggestedChange } from '../../edits/builders.ts';
import type { TextEdit } from '../../text/edits.ts';
import { defineRule, type Report } from '../rule.ts';
import { directivesRead, type ReadDirective } from './redisIncludes.ts';

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
      const read = directivesRead(facts, redis);
      if (!read) return;
      const limit = last(read, 'maxmemory');
      const policy = last(read, 'maxmemory-policy');
      const limited = limit !== undefined && !/^0+[a-z]*$/i.test(limit.args[0] ?? '0');
      const file = { path: redis.file, text, read };
      const found = limited ? withoutPolicy(file, limit, policy) : withoutLimit(file, limit, policy);
      if (found) report(found);
    },
  },
});

type Directives = readonly ReadDirective[];

/** A file that a server is started with, and all that the server reads by it. */
interface Started {
  readonly path: string;
  readonly text: string;
  readonly read: Directives;
}

/** The directive that counts: Redis takes the last one. */
function last(read: Directives, name: string): ReadDirective | undefined {
  return read.filter((directive) => directive.name === name).at(-1);
}

/** A store that keeps its data on disk is no cache: refusing writes when full is what it should do. */
function isDurable(read: Directives): boolean {
  return last(read, 'appendonly')?.args[0]?.toLowerCase() === 'yes';
}

/** `save ""` without an append-only file: nothing is kept on disk, so what the store holds can be made again. */
function withoutPersistence(read: Directives): ReadDirective | undefined {
  const save = last(read, 'save');
  return save && (save.args[0] ?? '').replace(/^(["'])\1$/, '') === '' && !isDurable(read) ? save : undefined;
}

function withoutPolicy(file: Started, limit: ReadDirective, policy: ReadDirective | undefined): Report | undefined {
  if (policy?.args[0]?.toLowerCase() === 'noeviction' && withoutPersistence(file.read)) {
    return {
      at: policy,
      message: 'noeviction makes a cache of which nothing is kept on disk refuse writes once its memory is full',
      help: 'Set maxmemory-policy to allkeys-lru for a cache, or keep the data on disk when it must not be lost.',
      fix: () => suggestedChange('Evict the least recently used keys (allkeys-lru)', { file: file.path, edits: [setTo(file, policy, evict)] }),
    };
  }
  // Elsewhere an explicit noeviction is a decision, not an omission.
  if (policy || isDurable(file.read)) return undefined;
  return {
    at: limit,
    message: `maxmemory ${limit.args[0]} has no maxmemory-policy, so writes fail once the memory is full`,
    help: 'Add maxmemory-policy allkeys-lru for a cache, volatile-lru when only keys with a lifetime may go, or noeviction when writes should fail.',
    fix: () => suggestedChange('Evict the least recently used keys (allkeys-lru)', { file: file.path, edits: [lineAfter(file, limit, evict)] }),
  };
}

function withoutLimit(file: Started, limit: ReadDirective | undefined, policy: ReadDirective | undefined): Report | undefined {
  const cache = withoutPersistence(file.read);
  if (cache && (!policy || policy.args[0]?.toLowerCase() === 'noeviction')) {
    return {
      at: limit ?? cache,
      severity: 'information',
      message: 'This cache has no memory limit and grows until the system kills it',
      help: 'Set maxmemory below the memory of the machine, and maxmemory-policy to what may be forgotten.',
      fix: () => {
        const lines = policy ? 'maxmemory 1gb' : `maxmemory 1gb${lineEnding(file.text)}${evict}`;
        const edit = limit ? setTo(file, limit, lines) : lineAfter(file, cache, lines);
        return suggestedChange('Limit the memory to 1 GB', { file: file.path, edits: [edit, ...(policy ? [setTo(file, policy, evict)] : [])] });
      },
    };
  }
  if (!policy || policy.args[0]?.toLowerCase() === 'noeviction') return undefined;
  return {
    at: policy,
    severity: 'information',
    message: `maxmemory-policy ${policy.args[0]} has no effect without maxmemory`,
    help: 'Set maxmemory below the memory of the machine, unless the command line that starts the server does.',
    fix: () => suggestedChange('Limit the memory to 1 GB', { file: file.path, edits: [limit ? setTo(file, limit, 'maxmemory 1gb') : lineAfter(file, policy, 'maxmemory 1gb')] }),
  };
}

/** A directive written anew; below its include where another file has it, because the last one counts. */
function setTo(file: Started, directive: ReadDirective, line: string): TextEdit {
  return directive.included ? lineAfter(file, directive, line) : { range: directive.range, newText: line };
}

/** A line of its own below a directive, with the file's line ending. */
function lineAfter({ text }: Started, { range }: ReadDirective, line: string): TextEdit {
  return { range: { start: range.end, end: range.end }, newText: `${lineEnding(text)}${line}` };
}

function lineEnding(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}
