/** Compares two texts as JavaScript compares strings; the order of runners that sort file names. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Compares digit strings as numbers of any length. */
function compareDigits(a: string, b: string): number {
  const x = a.replace(/^0+(?=\d)/, '');
  const y = b.replace(/^0+(?=\d)/, '');
  return x.length - y.length || compareText(x, y);
}

/** Compares versions part by part: digits as numbers, the rest as text, so that `v2.9` comes before `v2.10`. */
export function compareVersions(a: string, b: string): number {
  const left = a.match(/\d+|\D+/g) ?? [];
  const right = b.match(/\d+|\D+/g) ?? [];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const x = left[i]!;
    const y = right[i]!;
    const order = /^\d/.test(x) && /^\d/.test(y) ? compareDigits(x, y) : compareText(x, y);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

const timestampShape = /^(\d{4})(-?)(\d\d)(-?)(\d\d)(-?)(\d\d)(\d\d)(\d\d)(\d*)$/;

/** A moment as 14 digits of UTC, `20240131235959`. */
function timestamp(moment: Date): string {
  return moment.toISOString().replace(/\D/g, '').slice(0, 14);
}

/** Reads a version of 14 digits (with or without dashes, with more digits behind) as a moment. */
function readTimestamp(version: string): { moment: Date; dashes: boolean; extra: number } | undefined {
  const match = timestampShape.exec(version);
  if (!match) return undefined;
  const [, year, dash, month, , day, , hour, minute, second, extra] = match;
  const moment = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(moment.getTime()) || Number(year) < 1990 || Number(year) > 2200) return undefined;
  return { moment, dashes: dash === '-', extra: extra!.length };
}

/** Writes a moment in the manner of an existing timestamp version. */
function writeTimestamp(moment: Date, dashes: boolean, extra: number): string {
  const digits = timestamp(moment);
  const text = dashes ? `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6, 8)}-${digits.slice(8)}` : digits;
  return text + '0'.repeat(extra);
}

/** How a folder writes its first version when it holds none. */
export type FirstVersion = 'timestamp' | 'dashed-timestamp' | (string & {});

/** The last number of a version grown by one, width kept: `0009` to `0010`, `v2.9.97` to `v2.9.98`. */
function increment(version: string): string {
  const match = /^(.*?)(\d+)(\D*)$/s.exec(version);
  if (!match) return `${version}1`;
  const [, head, digits, tail] = match;
  return head + String(BigInt(digits!) + 1n).padStart(digits!.length, '0') + tail;
}

/**
 * The version after all existing ones, in their own manner: timestamps stay timestamps, widths are kept.
 * With `now`, a timestamp is the clock's, unless that would sort before the last one. Without, it is one more than the last.
 */
export function nextVersion(existing: readonly string[], first: FirstVersion, now?: Date): string {
  const last = existing.at(-1);
  if (last === undefined) {
    if (first === 'timestamp' || first === 'dashed-timestamp') {
      return writeTimestamp(now ?? new Date(Date.UTC(2000, 0, 1)), first === 'dashed-timestamp', 0);
    }
    return first;
  }
  const stamp = readTimestamp(last);
  if (stamp) {
    const next = new Date(stamp.moment.getTime() + 1000);
    return writeTimestamp(now && now > next ? now : next, stamp.dashes, stamp.extra);
  }
  if (/^1\d{9}$/.test(last) && now) {
    return String(Math.max(Number(last) + 1, Math.floor(now.getTime() / 1000)));
  }
  return increment(last);
}
