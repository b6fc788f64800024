/** How sure a claim is. `proved`: an experiment ran and agreed. `refuted`: it ran and disagreed. `modelled`: under stated numbers. `assumed`: nothing ran. */
export type EvidenceLevel = 'proved' | 'refuted' | 'modelled' | 'assumed';

/** A place in a file: path relative to the workspace, 1-based line. */
export interface PlaceEvidence {
  readonly file: string;
  readonly line: number;
}

/** What an experiment showed; it holds for the engine and version it names and no other. */
export interface ExperimentEvidence {
  readonly level: EvidenceLevel;
  /** As people read it: `locks`, `existing rows`, `round trip`, `index what-if`, `tenant isolation`, `fix`. */
  readonly experiment: string;
  readonly engine: string;
  readonly version: string;
  /** One or two sentences that a reviewer can check. */
  readonly observed: string;
  /** SQL that shows it when it is run again, where there is a short one. */
  readonly ran?: string;
}

export type Evidence = PlaceEvidence | ExperimentEvidence;
