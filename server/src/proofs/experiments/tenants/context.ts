import type { Catalog } from '../../../schema/catalog.ts';
import { quoteString } from '../../../schema/quote.ts';
import { claimsSetting } from '../../surroundings/platform.ts';

/** Something that a policy asks for to learn who is there: a setting, or a claim inside a setting that holds JSON. */
export interface Variable {
  readonly setting: string;
  /** Where in the JSON of the setting the value stands; empty when the setting is the value. */
  readonly path: readonly string[];
}

/** How the expression of a policy can ask, each with the setting and the path that it stands for. */
const asked = /\bcurrent_setting\s*\(\s*'([^']+\.[^']+)'(?:::text)?\s*(?:,\s*(?:true|false)\s*)?\)|\bauth\s*\.\s*(uid|user_id|jwt|session|role|email)\s*\(\s*\)/giu;

/** The claims that functions of Supabase and Neon give; the others give them all. */
const claimOf: Readonly<Record<string, string>> = { uid: 'sub', user_id: 'sub', role: 'role', email: 'email' };

/** A step into JSON behind it, past parentheses, casts and the alias of a subquery. */
const step = /(?:\s|\)|::\s*\w+|\bas\s+\w+)*(?:(->>?)\s*'([^']*)'(?:::text)?|#>>?\s*'\{([^}']*)\}')/iuy;

/** What the policies of a schema ask for, and the functions and views that they rest on. */
export function variablesOf(catalog: Catalog): Variable[] {
  const found = new Map<string, Variable>();
  for (const text of reachedTexts(catalog)) for (const variable of variablesIn(text)) found.set(JSON.stringify(variable), variable);
  const all = [...found.values()];
  // A setting that is taken apart somewhere is JSON, and is not a value by itself.
  const taken = new Set(all.flatMap(({ setting, path }) => (path.length > 0 ? [setting] : [])));
  return all.filter(({ setting, path }) => path.length > 0 || (!taken.has(setting) && setting !== claimsSetting));
}

/** The conditions of policies, the views, and the functions that are named in any of these. */
export function reachedTexts({ tables, views, routines }: Catalog): string[] {
  const texts = [...tables.values()].flatMap((table) => table.policies.flatMap(({ using, check }) => [using ?? '', check ?? '']));
  texts.push(...[...views.values()].map(({ query }) => query));
  const waiting = new Set(routines.values());
  for (let at = 0; at < texts.length; at++) {
    const words = new Set(texts[at]!.toLowerCase().match(/[\w$]+/g));
    for (const routine of waiting) {
      if (!words.has(routine.name.toLowerCase())) continue;
      waiting.delete(routine);
      texts.push(routine.text);
    }
  }
  return texts;
}

function variablesIn(text: string): Variable[] {
  return [...text.matchAll(asked)].flatMap((match): Variable[] => {
    const [whole, setting, call] = match;
    if (setting !== undefined) return [{ setting, path: pathFrom(text, match.index + whole.length) }];
    const name = call!.toLowerCase();
    const path = claimOf[name];
    return [{ setting: claimsSetting, path: path === undefined ? pathFrom(text, match.index + whole.length) : [path] }];
  });
}

function pathFrom(text: string, from: number): string[] {
  const path: string[] = [];
  step.lastIndex = from;
  for (let match = step.exec(text); match; match = step.exec(text)) path.push(...(match[3] === undefined ? [match[2]!] : match[3].split(',')));
  return path;
}

/** Values for the variables, in their order. */
export type Identity = readonly string[];

/** The query that makes them the values of this transaction, as the application would before each request; undefined when there is nothing to set. */
export function settingQuery(variables: readonly Variable[], identity: Identity, role: string): string | undefined {
  const documents = new Map<string, unknown>();
  variables.forEach(({ setting, path }, i) => {
    if (path.length === 0) documents.set(setting, identity[i]!);
    else documents.set(setting, placed(documents.get(setting), path, setting === claimsSetting && path.join() === 'role' ? role : identity[i]!));
  });
  const calls = [...documents].map(([setting, value]) => `set_config(${quoteString('postgresql', setting)}, ${quoteString('postgresql', typeof value === 'string' ? value : JSON.stringify(value))}, true)`);
  return calls.length === 0 ? undefined : `SELECT ${calls.join(', ')}`;
}

function placed(document: unknown, [first, ...rest]: readonly string[], value: string): unknown {
  if (first === undefined) return value;
  const object = typeof document === 'object' && document !== null ? (document as Record<string, unknown>) : {};
  return { ...object, [first]: placed(object[first], rest, value) };
}

/** A variable as people read it: `the setting app.tenant_id`. */
export function variableName({ setting, path }: Variable): string {
  return path.length === 0 ? `the setting ${setting}` : `${path.join('.')} of ${setting}`;
}
