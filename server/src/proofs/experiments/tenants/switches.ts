import type { Catalog } from '../../../schema/catalog.ts';
import { reachedTexts } from './context.ts';

/** A setting that policies compare with nothing but constants, as `app.admin` in `current_setting('app.admin', true) = 'on'`. */
export interface Switch {
  readonly setting: string;
  /** What it is compared with. */
  readonly values: readonly string[];
}

const read = /\bcurrent_setting\s*\(\s*'([^']+\.[^']+)'(?:\s*::\s*text)?\s*(?:,\s*(?:true|false)\s*)?\)/giu;

/** What may stand between a setting and what it is compared with: its cast, and what stands in for a missing value. */
const between = /^(?:\s|\)|::\s*\w+|,\s*(?:'[^']*'|true|false|null)(?:\s*::\s*\w+)?)*/iu;

/** Settings under these names are filled by the gateway that runs the query, out of a token that it checked. */
const ofGateway = /^(?:request|realtime)\./i;

/**
 * The settings by which policies, and what they rest on, let somebody past. One that is compared with anything else as well says who the
 * tenant is, which the application vouches for.
 */
export function switchesOf(catalog: Catalog): Switch[] {
  const found = new Map<string, Set<string>>();
  const others = new Set<string>();
  for (const text of reachedTexts(catalog)) {
    for (const match of text.matchAll(read)) {
      const setting = match[1]!;
      const values = comparedWith(text, match.index, match.index + match[0].length);
      if (values.length === 0) others.add(setting);
      found.set(setting, new Set([...(found.get(setting) ?? []), ...values]));
    }
  }
  return [...found].flatMap(([setting, values]) => (others.has(setting) || ofGateway.test(setting) ? [] : [{ setting, values: [...values] }]));
}

/** A condition without what it reads of such settings. */
export function withoutSwitches(condition: string, switches: readonly Switch[]): string {
  return condition.replaceAll(read, (call: string, setting: string) => (switches.some((one) => one.setting === setting) ? "''" : call)).replaceAll(/\b(?:coalesce|nullif|lower|select)\s*\(/giu, '(');
}

/** The constants that a setting is compared with where it is read; `on` where it is taken for a truth value. */
function comparedWith(text: string, start: number, end: number): string[] {
  const before = /(?:'([^']+)'(?:\s*::\s*\w+)?\s*=\s*)\(*(?:\s*(?:coalesce|nullif|lower|select)\b\s*\(?\s*)*$/iu.exec(text.slice(0, start));
  if (before) return [before[1]!];
  const rest = text.slice(end);
  const [passed] = between.exec(rest)!;
  const behind = rest.slice(passed.length);
  const equal = /^=\s*'([^']+)'/u.exec(behind) ?? /^=\s*(true)\b/iu.exec(behind);
  if (equal) return [equal[1]!];
  const list = /^IN\s*\(((?:\s*'[^']*'(?:\s*::\s*\w+)?\s*,?)+)\)/iu.exec(behind);
  if (list) return [...list[1]!.matchAll(/'([^']+)'/g)].map(([, value]) => value!);
  return /::\s*bool(?:ean)?\b/i.test(passed) && !/^\s*[=<>!]/.test(behind) ? ['on'] : [];
}

/** A value that turns none of them on; it is one of a truth value as well. */
export function offValue({ values }: Switch): string {
  return values.includes('off') ? 'on' : 'off';
}
