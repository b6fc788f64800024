import type { ExperimentEvidence } from './evidence.ts';

/** A finding as it leaves the process (command line JSON, version 1). Lines and columns are 1-based, UTF-16. */
export interface WireFinding {
  readonly database: string | null;
  readonly file: string;
  readonly rule: string;
  readonly severity: 'error' | 'warning' | 'information' | 'hint';
  readonly message: string;
  readonly why: string;
  readonly help: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly applied: boolean;
  readonly related: readonly { readonly file: string; readonly line: number; readonly message: string }[];
  /** What experiments showed of it; absent where none looked. */
  readonly evidence?: readonly ExperimentEvidence[];
  readonly fixes: readonly WireFix[];
}

export interface WireFix {
  readonly title: string;
  readonly kind: 'safe' | 'suggestion';
  /** What experiments showed of it. */
  readonly evidence?: readonly ExperimentEvidence[];
  readonly edits: readonly WireEdit[];
}

export interface WireEdit {
  readonly file: string;
  readonly create?: boolean;
  readonly startLine: number;
  readonly startColumn: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly newText: string;
}

/** Output of `check --format json`. */
export interface CheckReport {
  readonly version: 1;
  readonly files: number;
  readonly statements: number;
  readonly unread: readonly { readonly file: string; readonly line: number; readonly reason: string }[];
  readonly findings: readonly WireFinding[];
}
