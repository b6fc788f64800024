import type { TextRange } from '../../text/range.ts';

/** One line of redis.conf: `maxmemory 100mb`. Ranges are file offsets. */
export interface RedisDirective {
  /** Lower case. */
  readonly name: string;
  readonly nameRange: TextRange;
  /** Decoded arguments, quotes removed. */
  readonly args: readonly string[];
  readonly valueRange: TextRange;
  readonly range: TextRange;
}

export interface RedisConfig {
  readonly directives: readonly RedisDirective[];
  readonly comments: readonly { readonly text: string; readonly range: TextRange }[];
}
