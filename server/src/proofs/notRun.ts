import type { ExperimentName, Outcome } from './outcome.ts';

/** An experiment that did not run, with the reason. */
export function notRun(experiment: ExperimentName, reason: string): Outcome<never> {
  return { experiment, ran: false, reason };
}
