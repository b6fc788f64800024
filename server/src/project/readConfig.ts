import { Document, isAlias, isMap, isScalar, isSeq, parseDocument, type Node, type Pair, type YAMLMap } from 'yaml';
import type { TextRange } from '../text/range.ts';
import { defaultConfig, type Config, type ConfigProblem, type RuleLevel } from './config.ts';
import { configSetting, countPattern, ruleLevels, type Setting } from './configSchema.ts';
import { closestWord } from './words.ts';

/** What `readConfig` may be told about the rules, which live on a floor above. */
export interface ReadConfigOptions {
  /** Ids of the rules that exist; when absent, any id is taken. */
  readonly ruleIds?: readonly string[];
}

/** Makes a value of a YAML node; collects problems and places on the way. Undefined means: nothing usable stands there. */
class Reader {
  readonly problems: ConfigProblem[] = [];
  readonly places = new Map<string, TextRange>();
  readonly #document: Document;
  readonly #options: ReadConfigOptions;

  constructor(document: Document, options: ReadConfigOptions) {
    this.#document = document;
    this.#options = options;
  }

  read(node: unknown, setting: Setting, path: string): unknown {
    const resolved = isAlias(node) ? node.resolve(this.#document) : node;
    if (resolved === null || resolved === undefined || (isScalar(resolved) && resolved.value === null)) return undefined;
    const place = rangeOf((node as Node).range ?? (resolved as Node).range);
    if (path !== '') this.places.set(path, place);
    switch (setting.kind) {
      case 'object':
        return this.#object(resolved, setting, path, place);
      case 'map':
        return this.#map(resolved, setting.value, path, place);
      case 'list':
        return this.#list(resolved, setting.item, path);
      case 'rules':
        return this.#rules(resolved, path, place);
      default:
        return this.#scalar(resolved, setting, path, place);
    }
  }

  #report(range: TextRange, message: string): undefined {
    this.problems.push({ message, range });
    return undefined;
  }

  #object(node: unknown, setting: Setting & { kind: 'object' }, path: string, place: TextRange): unknown {
    if (!isMap(node)) {
      const { shorthand } = setting;
      if (shorthand === undefined || !isScalar(node)) return this.#report(place, `${named(path)} must be keys with values, not ${describe(node)}`);
      return { [shorthand]: this.#scalar(node, setting.keys[shorthand]!, path, place) };
    }
    const result: Record<string, unknown> = {};
    for (const pair of node.items) {
      const key = keyOf(pair);
      const known = key === undefined ? undefined : Object.hasOwn(setting.keys, key) ? setting.keys[key] : undefined;
      if (key === undefined || !known) {
        this.#unknownKey(pair, key ?? '', Object.keys(setting.keys));
        continue;
      }
      const value = this.read(pair.value, known, path === '' ? key : `${path}.${key}`);
      if (value !== undefined) result[key] = value;
    }
    return result;
  }

  #unknownKey(pair: Pair, key: string, allowed: readonly string[]): void {
    const near = closestWord(key, allowed);
    const hint = near === undefined ? `the keys here are ${allowed.join(', ')}` : `did you mean \`${near}\`?`;
    this.#report(rangeOf((pair.key as Node | null)?.range), `unknown key \`${key}\`; ${hint}`);
  }

  #map(node: unknown, value: Setting, path: string, place: TextRange): unknown {
    if (!isMap(node)) return this.#report(place, `${named(path)} must be keys with values, not ${describe(node)}`);
    const result: Record<string, unknown> = Object.create(null);
    for (const pair of node.items) {
      const key = keyOf(pair);
      const read = key === undefined ? undefined : this.read(pair.value, value, `${path}.${key}`);
      if (key !== undefined && read !== undefined) result[key] = read;
    }
    return { ...result };
  }

  #list(node: unknown, item: Setting, path: string): unknown {
    if (isSeq(node)) return node.items.map((one, i) => this.read(one, item, `${path}[${i}]`)).filter((one) => one !== undefined);
    const single = this.read(node, item, path);
    return single === undefined ? undefined : [single];
  }

  #scalar(node: unknown, setting: Setting, path: string, place: TextRange): unknown {
    const value: unknown = isScalar(node) ? node.value : undefined;
    if (setting.kind === 'choice') {
      if (typeof value === 'string' && setting.values.includes(value)) return value;
      const near = typeof value === 'string' ? closestWord(value, setting.values) : undefined;
      const hint = near === undefined ? '' : `; did you mean \`${near}\`?`;
      return this.#report(place, `${named(path)} must be one of ${setting.values.join(', ')}, not ${describe(node)}${hint}`);
    }
    if (setting.kind === 'count') {
      const count = countOf(value);
      return count ?? this.#report(place, `${named(path)} must be a number, such as 5000000 or 5M, not ${describe(node)}`);
    }
    if (typeof value === 'string') return value;
    if (typeof value === 'number') return isScalar(node) && typeof node.source === 'string' ? node.source : String(value);
    if (value instanceof Date && isScalar(node)) return node.source ?? value.toISOString();
    return this.#report(place, `${named(path)} must be a text, not ${describe(node)}`);
  }

  #rules(node: unknown, path: string, place: TextRange): unknown {
    if (!isMap(node)) return this.#report(place, `${named(path)} must be rules with their levels, not ${describe(node)}`);
    const result: Record<string, Config['rules'][string]> = {};
    const ids = this.#options.ruleIds;
    for (const pair of node.items) {
      const id = keyOf(pair);
      if (id === undefined || (ids && !ids.includes(id))) {
        const near = closestWord(id ?? '', ids ?? []);
        const hint = near === undefined ? 'there is no such rule' : `did you mean \`${near}\`?`;
        this.#report(rangeOf((pair.key as Node | null)?.range), `unknown rule \`${id ?? ''}\`; ${hint}`);
        continue;
      }
      const read = this.#rule(pair.value, `${path}.${id}`);
      if (read !== undefined) result[id] = read;
    }
    return result;
  }

  /** A map as plain values; empty when aliases make it absurdly large. */
  #plain(node: YAMLMap): Record<string, unknown> {
    try {
      return (node.toJS(this.#document) ?? {}) as Record<string, unknown>;
    } catch {
      return {};
    }
  }

  #rule(node: unknown, path: string): Config['rules'][string] | undefined {
    const setting: Setting = { kind: 'choice', values: ruleLevels, description: '' };
    // YAML 1.1 tools taught people to write a bare `off`; the core schema reads it as text, but `false` means the same.
    if (isScalar(node) && node.value === false) return 'off';
    if (!isMap(node)) return this.read(node, setting, path) as RuleLevel | undefined;
    this.places.set(path, rangeOf(node.range));
    const { level: _level, ...options } = this.#plain(node);
    const level = this.read(node.get('level', true), setting, `${path}.level`) as RuleLevel | undefined;
    return { ...options, ...(level === undefined ? {} : { level }) };
  }
}

function keyOf(pair: Pair): string | undefined {
  if (!isScalar(pair.key)) return undefined;
  return typeof pair.key.source === 'string' ? pair.key.source : String(pair.key.value);
}

function rangeOf(range: readonly [number, number, number] | null | undefined): TextRange {
  return range ? { start: range[0], end: range[1] } : { start: 0, end: 0 };
}

function named(path: string): string {
  return path === '' ? 'the file' : `\`${path}\``;
}

function describe(node: unknown): string {
  if (isSeq(node)) return 'a list';
  if (isMap(node)) return 'keys with values';
  const value = isScalar(node) ? node.value : undefined;
  return typeof value === 'string' ? `\`${value}\`` : String(value);
}

const factors: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, b: 1e9, g: 1e9 };

/** Reads a count: a number that is not negative, or a text with a unit. */
function countOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? value : undefined;
  const match = typeof value === 'string' ? countPattern.exec(value.trim()) : null;
  return match ? Number(match[1]!.replace(/[_,]/g, '')) * factors[match[2]!.toLowerCase()]! : undefined;
}

/** Parses; undefined for a text that is nested too deeply for the parser. */
function parse(text: string): Document | undefined {
  try {
    return parseDocument(text, { prettyErrors: false, strict: true, uniqueKeys: true, version: '1.2', schema: 'core' });
  } catch {
    return undefined;
  }
}

/**
 * Reads database-expert.yaml. Never throws: what is wrong is told with its place (offsets of the file), and the good parts
 * are kept.
 */
export function readConfig(text: string, path: string, options: ReadConfigOptions = {}): { readonly config: Config; readonly problems: readonly ConfigProblem[] } {
  const parsed = parse(text);
  const document = parsed ?? new Document();
  const reader = new Reader(document, options);
  if (!parsed) reader.problems.push({ message: 'this file cannot be read as YAML', range: { start: 0, end: text.length } });
  for (const { message, pos } of document.errors) {
    reader.problems.push({ message: message.replace(/\s+/g, ' '), range: { start: pos[0], end: Math.max(pos[1], pos[0]) } });
  }
  const raw = (reader.read(document.contents, configSetting, '') ?? {}) as Omit<Config, 'largeTableRows'> & { large_table_rows?: number };
  const { large_table_rows, ...rest } = raw;
  const config: Config = {
    ...defaultConfig,
    ...rest,
    ...(large_table_rows === undefined ? {} : { largeTableRows: large_table_rows }),
    file: path,
    places: reader.places,
  };
  return { config, problems: reader.problems.sort((a, b) => a.range.start - b.range.start) };
}
