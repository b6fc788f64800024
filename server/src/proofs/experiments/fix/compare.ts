import { lockModes, type HeldChange, type HeldTable, type LockMode, type LockSeen, type StatementLocks } from '../../outcome.ts';
import { unquoted } from '../../verdicts.ts';

/** SQLite's one lock is as strong as any. */
function strength(mode: LockSeen['mode'] | undefined): number {
  return mode === undefined ? -1 : mode === 'Reserved' ? lockModes.length : lockModes.indexOf(mode as LockMode);
}

function stronger(a: LockSeen['mode'] | undefined, b: LockSeen['mode'] | undefined): LockSeen['mode'] | undefined {
  return strength(a) >= strength(b) ? a : b;
}

/** What statements held of each table at their strongest. */
export function heldBy(statements: readonly StatementLocks[]): Map<string, HeldTable> {
  const tables = new Map<string, HeldTable>();
  const note = (relation: string, more: HeldTable): void => {
    const table = unquoted(relation);
    const { mode, rewritten, scannedUnder, known } = tables.get(table) ?? {};
    const [strongest, scanned] = [stronger(mode, more.mode), stronger(scannedUnder, more.scannedUnder)];
    tables.set(table, { ...(strongest && { mode: strongest }), ...((rewritten ?? more.rewritten) && { rewritten: true }), ...(scanned && { scannedUnder: scanned }), ...((known ?? more.known) && { known: true }) });
  };
  for (const { locks, held, rewritten, scanned, classFact } of statements) {
    const now = new Map<string, LockSeen['mode']>();
    for (const { relation, kind, mode } of [...locks, ...held]) if (kind === 'table' || kind === 'database') now.set(relation, stronger(now.get(relation), mode)!);
    for (const [relation, mode] of now) note(relation, { mode, ...(classFact && { known: true }) });
    for (const { relation, kind } of rewritten) if (kind === 'table') note(relation, { rewritten: true });
    for (const { relation } of scanned) note(relation, now.has(relation) ? { scannedUnder: now.get(relation)! } : {});
  }
  return tables;
}

/** How two sides differ in what they hold of each table. */
export function compareHeld(original: ReadonlyMap<string, HeldTable>, fixed: ReadonlyMap<string, HeldTable>): HeldChange[] {
  return [...new Set([...original.keys(), ...fixed.keys()])].sort().map((table): HeldChange => {
    const [before, after] = [original.get(table) ?? {}, fixed.get(table) ?? {}];
    const steps = [strength(after.mode) - strength(before.mode), Number(after.rewritten ?? false) - Number(before.rewritten ?? false), strength(after.scannedUnder) - strength(before.scannedUnder)];
    const change = steps.some((step) => step > 0) ? 'stronger' : steps.some((step) => step < 0) ? 'weaker' : 'same';
    return { table, change, original: before, fixed: after };
  });
}

/** `AccessExclusive, rewritten, read through under Share`. */
export function heldText({ mode, rewritten, scannedUnder, known }: HeldTable): string {
  const parts = [mode && `${mode}${known ? ' (known of such statements, not seen)' : ''}`, rewritten && 'rewritten', scannedUnder && `read through under ${scannedUnder}`].filter((part) => part !== undefined);
  return parts.length === 0 ? 'nothing' : parts.join(', ');
}
