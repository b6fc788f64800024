import type { Laboratory } from './laboratory.ts';
import { HistoryPoint } from './point.ts';
import { extensionsOf, type ProofSubject } from './subject.ts';

/**
 * Begins to lay out the point where the first proof of a subject will start, for one who has other work meanwhile: the proof finds it
 * standing. What goes wrong here is told by the proof, which tries again.
 */
export function layOutAhead({ dialect, engineVersion, steps }: ProofSubject, laboratory: Laboratory): void {
  const engine = laboratory.engineOf(dialect, engineVersion);
  const [step] = steps;
  if (!engine || !step) return;
  const laid = laboratory.work(async (workplace) => {
    const point = new HistoryPoint(workplace, engine, extensionsOf(steps), step);
    await point.empty();
    point.leave();
  });
  laid.catch(() => undefined);
}
