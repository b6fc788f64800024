/** Wrong use of the command line: one sentence for standard error, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** An option: `flag` takes no value, `value` takes one, `list` may be given several times. `choices` are the values allowed. */
export interface Option {
  readonly kind: 'flag' | 'value' | 'list';
  readonly help: string;
  readonly choices?: readonly string[];
  /** What the value stands for in the help. */
  readonly placeholder?: string;
}

export interface CommandSpec {
  readonly usage: string;
  readonly summary: string;
  readonly options: Readonly<Record<string, Option>>;
  /** How many names may follow the options. */
  readonly positionals: { readonly least: number; readonly most: number; readonly what: string };
}

/** Parsed arguments. Flags are present or absent, values are texts. */
export interface Arguments {
  readonly positionals: readonly string[];
  readonly flags: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, string>;
  readonly lists: ReadonlyMap<string, readonly string[]>;
}

/**
 * Reads the arguments of a command. Options may stand anywhere; `--` ends them; `--name=value` and `--name value` are the same.
 * @throws UsageError that names the argument and what would be allowed.
 */
export function parseArguments(command: string, args: readonly string[], spec: CommandSpec): Arguments {
  const positionals: string[] = [];
  const flags = new Set<string>();
  const values = new Map<string, string>();
  const lists = new Map<string, string[]>();
  const rest = [...args];
  while (rest.length > 0) {
    const argument = rest.shift()!;
    if (argument === '--') {
      positionals.push(...rest.splice(0));
    } else if (argument.startsWith('--')) {
      const [name, attached] = splitOption(argument);
      const option = Object.hasOwn(spec.options, name) ? spec.options[name] : undefined;
      if (!option) throw unknownOption(command, argument, suggestion(name, Object.keys(spec.options)));
      if (option.kind === 'flag') {
        if (attached !== undefined) throw new UsageError(`--${name} takes no value`);
        flags.add(name);
        continue;
      }
      const value = attached ?? rest.shift();
      if (value === undefined || value === '' || (attached === undefined && value.startsWith('--'))) throw new UsageError(`--${name} needs a value`);
      if (option.choices && !option.choices.includes(value)) throw new UsageError(`--${name} takes ${option.choices.join(', ')}; not ${value}`);
      if (option.kind === 'value') values.set(name, value);
      else lists.set(name, [...(lists.get(name) ?? []), value]);
    } else if (argument.length > 1 && argument.startsWith('-')) {
      throw unknownOption(command, argument);
    } else {
      positionals.push(argument);
    }
  }
  const { least, most, what } = spec.positionals;
  if (positionals.length < least) throw new UsageError(`${command} needs ${what}`);
  if (positionals.length > most) throw new UsageError(`${command} takes ${most === 0 ? 'no name' : most === 1 ? 'one name' : `at most ${most} names`}; ${positionals[most]} is one too many`);
  return { positionals, flags, values, lists };
}

function unknownOption(command: string, argument: string, meant = ''): UsageError {
  const [name] = argument.split('=', 1);
  return new UsageError(`${command} knows no option ${name}${meant === '' ? `; database-expert ${command} --help lists them` : meant}`);
}

function splitOption(argument: string): [string, string | undefined] {
  const at = argument.indexOf('=');
  return at < 0 ? [argument.slice(2), undefined] : [argument.slice(2, at), argument.slice(at + 1)];
}

/** `; did you mean --format?` when one name is close. */
export function suggestion(given: string, names: readonly string[], mark = '--'): string {
  const close = names.map((name) => ({ name, distance: distance(given, name) })).sort((a, b) => a.distance - b.distance)[0];
  return close && close.distance <= Math.max(1, Math.floor(given.length / 3)) ? `; did you mean ${mark}${close.name}?` : '';
}

/** How many letters have to be put in, taken out, replaced or swapped with the next one. */
function distance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= a.length; i++) {
    const [row, next] = [rows[i - 1]!, [i]];
    for (let j = 1; j <= b.length; j++) {
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? rows[i - 2]![j - 2]! + 1 : Infinity;
      next[j] = Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1), swapped);
    }
    rows.push(next);
  }
  return rows[a.length]![b.length]!;
}

/** The help of one command. */
export function helpOf(spec: CommandSpec): string {
  const names = Object.entries(spec.options).map(([name, option]) => ({ left: `--${name}${option.kind === 'flag' ? '' : ` ${option.choices?.join('|') ?? option.placeholder ?? 'VALUE'}`}`, option }));
  const width = Math.min(48, Math.max(0, ...names.map(({ left }) => left.length)));
  const lines = names.map(({ left, option }) => `  ${left.padEnd(width)}  ${option.help}`);
  return `${spec.summary}\n\nUsage: database-expert ${spec.usage}\n${lines.length > 0 ? `\nOptions:\n${lines.join('\n')}\n` : ''}`;
}
