/** How sure a claim is. `proved`: an experiment ran and agreed. `refuted`: it ran and disagreed. `modelled`: under stated numbers. `assumed`: nothing ran. */
export type EvidenceLevel = 'proved' | 'refuted' | 'modelled' | 'assumed';

/** A place in a file: path relative to the workspace, 1-based line. */
export interface PlaceEvidence {
  readonly file: string;
  readonly line: number;
}

export interface ExperimentEvidence {
  readonly experiment: string;
  readonly engine: string;
  readonly version: string;
  readonly observed: string;
}

export type Evidence = PlaceEvidence | ExperimentEvidence;
