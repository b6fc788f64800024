import { isMap, isPair, isScalar, isSeq, parseDocument, stringify, type Pair, type YAMLMap, type YAMLSeq } from 'yaml';

/** The text of database-expert.yaml after a change, and the zero-based line on which the change begins. */
export interface ConfigChange {
  readonly text: string;
  readonly line: number;
}

/** The database that a setting is for. */
export interface ConfigTarget {
  readonly name: string;
  /** Folder of the database, relative to the workspace. */
  readonly root: string;
  /** Whether the workspace holds others, so that the setting may not stand at the top of the file. */
  readonly several: boolean;
}

/**
 * Merges settings into the text of database-expert.yaml, leaving comments, order and layout of the rest as they are. With `target` they go to
 * its entry under `databases`; an entry is made when there is none and the workspace has several databases.
 * @throws Error when the file, or the settings, are not a YAML mapping.
 */
export function mergeConfig(text: string, yaml: string, target?: ConfigTarget): ConfigChange {
  const stated = parseDocument(yaml);
  const settings: unknown = stated.errors.length > 0 ? undefined : stated.toJS();
  if (!isRecord(settings)) throw new Error('the settings are not a YAML mapping');
  const document = parseDocument(text);
  if (document.errors.length > 0) throw new Error(`the file cannot be read: ${document.errors[0]!.message.split('\n')[0]}`);
  const entry = target && { name: target.name, path: target.root === '' ? '.' : target.root, ...settings };
  if (document.contents === null) return append(text, stringify(target?.several ? { databases: [entry] } : settings));
  if (!isMap(document.contents)) throw new Error('the file is not a YAML mapping');
  const list = document.get('databases');
  const index = target && isSeq(list) ? list.items.findIndex((item) => isMap(item) && isEntryOf(item, target)) : -1;
  if (index >= 0) return merge(text, ['databases', index], settings);
  if (!target?.several) return merge(text, [], settings);
  return isSeq(list) ? addItems(text, list, [entry]) : merge(text, [], { databases: [entry] });
}

function isEntryOf(item: YAMLMap, target: ConfigTarget): boolean {
  const path = item.get('path');
  return item.get('name') === target.name || (typeof path === 'string' && path.replace(/^\.\/?|\/$/g, '') === target.root);
}

function addItems(text: string, list: YAMLSeq, items: readonly unknown[]): ConfigChange {
  if (list.flow) throw new Error('databases is written in brackets; write it as a list with dashes');
  const at = endOfLine(text, deepEnd(list) ?? text.length);
  return insertBlock(text, at, indent(stringify(items).trimEnd(), columnOf(text, list.range?.[0] ?? 0)));
}

/** Sets the level of a rule to `off`, in the file's `rules`. */
export function turnRuleOff(text: string, rule: string): ConfigChange {
  return mergeConfig(text, stringify({ rules: { [rule]: 'off' } }));
}

/** Walks down while the keys exist; what is missing is written at the end of the deepest mapping that exists. The text is read anew after each key. */
function merge(text: string, path: readonly (string | number)[], settings: Record<string, unknown>): ConfigChange {
  let result: ConfigChange = { text, line: Number.MAX_SAFE_INTEGER };
  for (const [key, value] of Object.entries(settings)) {
    const document = parseDocument(result.text);
    const map = path.length === 0 ? document.contents : document.getIn(path, true);
    if (!isMap(map)) throw new Error(`${path.join('.')} is not a mapping`);
    const change = changeKey(result.text, map, [...path, key], key, value);
    result = { text: change.text, line: Math.min(change.line, result.line) };
  }
  return result;
}

/** Sets one key of a mapping: merges into a mapping, adds to a list, replaces anything else. */
function changeKey(text: string, map: YAMLMap, path: readonly (string | number)[], key: string, value: unknown): ConfigChange {
  const pair = map.items.find((item): item is Pair => isPair(item) && isScalar(item.key) && item.key.value === key);
  if (!pair) return addPair(text, map, key, value);
  if (isMap(pair.value) && isRecord(value)) return merge(text, path, value);
  if (isSeq(pair.value) && !pair.value.flow && Array.isArray(value)) return addItems(text, pair.value, value);
  return replaceValue(text, map, pair, key, value);
}

function replaceValue(text: string, map: YAMLMap, pair: Pair, key: string, value: unknown): ConfigChange {
  const [keyStart, keyEnd] = rangeOf(pair.key) ?? [0, 0];
  const end = rangeOf(pair.value)?.[1] ?? text.indexOf(':', keyEnd) + 1;
  const written = map.flow ? `${key}: ${flow(value)}` : indent(stringify({ [key]: value }).trimEnd(), columnOf(text, keyStart)).trimStart();
  return { text: text.slice(0, keyStart) + written + text.slice(end), line: lineOf(text, keyStart) };
}

function addPair(text: string, map: YAMLMap, key: string, value: unknown): ConfigChange {
  if (map.flow) {
    const close = (map.range?.[1] ?? text.length) - 1;
    const written = `${map.items.length > 0 ? ', ' : ''}${key}: ${flow(value)}`;
    const at = text.slice(0, close).trimEnd().length;
    return { text: text.slice(0, at) + written + text.slice(at), line: lineOf(text, at) };
  }
  const column = columnOf(text, rangeOf(map.items[0]?.key)?.[0] ?? 0);
  return insertBlock(text, endOfLine(text, deepEnd(map) ?? text.length), indent(stringify({ [key]: value }).trimEnd(), column));
}

/** Puts whole lines in at the start of a line, with the line ends of the file. */
function insertBlock(text: string, at: number, block: string): ConfigChange {
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const lead = at === 0 || text[at - 1] === '\n' ? '' : newline;
  return { text: `${text.slice(0, at)}${lead}${block.replaceAll('\n', newline)}${newline}${text.slice(at)}`, line: lineOf(text, at) + (lead ? 1 : 0) };
}

/** The offset after the line that holds the end of a node; comments and blank lines behind it stay behind. */
function endOfLine(text: string, end: number): number {
  const newline = text.indexOf('\n', text[end - 1] === '\n' ? end - 1 : end);
  return newline < 0 ? text.length : newline + 1;
}

/** Where a node ends: for a block, where its last piece ends. */
function deepEnd(node: unknown): number | undefined {
  if (isMap(node) && !node.flow) return deepEnd(node.items.at(-1)?.value ?? node.items.at(-1)?.key) ?? node.range?.[1];
  if (isSeq(node) && !node.flow) return deepEnd(node.items.at(-1)) ?? node.range?.[1];
  return rangeOf(node)?.[1];
}

function rangeOf(node: unknown): readonly [number, number, number] | undefined {
  return (node as { readonly range?: [number, number, number] | null } | null | undefined)?.range ?? undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function append(text: string, block: string): ConfigChange {
  const lead = text === '' || text.endsWith('\n') ? '' : '\n';
  return { text: text + lead + block, line: lineOf(text + lead, text.length + lead.length) };
}

function flow(value: unknown): string {
  return stringify(value, { collectionStyle: 'flow' }).trim();
}

function indent(block: string, column: number): string {
  return block.split('\n').map((line) => (line === '' ? line : ' '.repeat(column) + line)).join('\n');
}

function columnOf(text: string, offset: number): number {
  return offset - (text.lastIndexOf('\n', offset - 1) + 1);
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length - 1;
}
