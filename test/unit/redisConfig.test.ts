import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readRedisConfig } from '../../server/src/source/redis/read.ts';
import { corporaFolder, hasCorpora } from '../support/corpus.ts';

/** The directives of a text as one line of words each. */
function directives(text: string): string[][] {
  return readRedisConfig(text).directives.map(({ name, args }) => [name, ...args]);
}

describe('redis.conf', () => {
  const lines: readonly (readonly [string, string[]])[] = [
    ['MaxMemory 100mb', ['maxmemory', '100mb']],
    ['  save 3600 1  300 100 \t', ['save', '3600', '1', '300', '100']],
    ['save ""', ['save', '']],
    ['requirepass "a b\\"\\x41\\n"', ['requirepass', 'a b"A\n']],
    ["user 'it\\'s' \\x", ['user', "it's", '\\x']],
    ["dir '/a\\n'", ['dir', '/a\\n']],
    ['a "open b', ['a', 'open b']],
    ['include /etc/redis/*.conf', ['include', '/etc/redis/*.conf']],
    ['client-output-buffer-limit normal 0 0 0', ['client-output-buffer-limit', 'normal', '0', '0', '0']],
    ['maxmemory 1gb # not a comment', ['maxmemory', '1gb', '#', 'not', 'a', 'comment']],
  ];
  test.each(lines)('%s', (line, words) => {
    expect(directives(line)).toEqual([words]);
  });

  test('ranges, comments, byte-order mark and CRLF', () => {
    const text = '\ufeff# top\r\n\r\nmaxmemory  "1 gb" x\r\n  # inner\r\nappendonly\r\n';
    const { directives: read, comments } = readRedisConfig(text);
    const slice = ({ start, end }: { start: number; end: number }) => text.slice(start, end);
    expect(comments.map(({ text: written, range }) => [written, slice(range)])).toEqual([
      ['# top', '# top'],
      ['# inner', '# inner'],
    ]);
    expect(read.map((directive) => [slice(directive.nameRange), slice(directive.valueRange), slice(directive.range)])).toEqual([
      ['maxmemory', '"1 gb" x', 'maxmemory  "1 gb" x'],
      ['appendonly', '', 'appendonly'],
    ]);
  });

  test.runIf(hasCorpora('redis.conf reader'))('the files that redis and valkey ship', () => {
    for (const file of ['redis-7.2.4/redis.conf', 'valkey/valkey.conf']) {
      const { directives: read, comments } = readRedisConfig(readFileSync(join(corporaFolder, file), 'utf8'));
      const names = read.map((directive) => directive.name);
      expect(names).toEqual(expect.arrayContaining(['bind', 'protected-mode', 'appendonly', 'client-output-buffer-limit']));
      expect(names.every((name) => /^[a-z-]+$/.test(name))).toBe(true);
      expect(comments.length).toBeGreaterThan(1000);
    }
  });
});
