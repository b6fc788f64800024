import type { ExperimentEvidence } from '../../../protocol/evidence.ts';
import type { TextEdit } from '../text/edits.ts';

/** Edits of one file that exists; offsets refer to the text in the facts the change was made from, which whoever applies it compares first. */
export interface FileEdits {
  readonly file: string;
  readonly edits: readonly TextEdit[];
}

/** A file to be made. Creation fails when the path is taken. */
export interface FileCreation {
  readonly file: string;
  readonly create: string;
}

export type FileChange = FileEdits | FileCreation;

/**
 * A change of the workspace that mends a finding.
 * `safe` means that the meaning is the same; `suggestion` means that a reader has to agree.
 */
export interface WorkspaceChange {
  /** Imperative, names what it does: `Create the index CONCURRENTLY in a migration of its own`. */
  readonly title: string;
  readonly kind: 'safe' | 'suggestion';
  readonly changes: readonly FileChange[];
  /** What experiments showed of it; put in when they have run. */
  readonly shown?: ShownChange;
}

/** What experiments showed of a change. */
export interface ShownChange {
  /** A few words to stand behind the title: `proved on PostgreSQL 18.6: same final schema, weaker locks`. */
  readonly brief: string;
  readonly evidence: readonly ExperimentEvidence[];
}

export function isCreation(change: FileChange): change is FileCreation {
  return 'create' in change;
}
