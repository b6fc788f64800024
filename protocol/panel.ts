import type { Plan } from './plan.ts';
import type { DatabaseSummary } from './requests.ts';

/** What the extension tells the plan view. The view draws the last message and nothing else. */
export type HostToPanel =
  | { readonly type: 'loading'; readonly message: string }
  | {
      readonly type: 'plan';
      readonly plan: Plan;
      readonly databases: readonly DatabaseSummary[];
      /** Folder URI and name of the database that is shown. */
      readonly selected: DatabaseChoice;
    }
  | { readonly type: 'empty'; readonly reason: string }
  | { readonly type: 'error'; readonly message: string };

export interface DatabaseChoice {
  readonly folder: string;
  readonly name: string;
}

/** What the plan view asks of the extension. The extension checks every field: the view is the untrusted side. */
export type PanelToHost =
  | { readonly type: 'ready'; readonly selected?: DatabaseChoice }
  | { readonly type: 'open'; readonly file: string; readonly line: number }
  | { readonly type: 'select'; readonly selected: DatabaseChoice }
  | { readonly type: 'copy'; readonly text: string; readonly what: string }
  | { readonly type: 'configure'; readonly yaml: string }
  | { readonly type: 'export'; readonly format: 'yaml' | 'markdown' }
  | { readonly type: 'refresh' }
  | { readonly type: 'openConfiguration' }
  | { readonly type: 'showLog' };

/** Reads a message of the view, or gives undefined when it is not one. */
export function readPanelMessage(value: unknown): PanelToHost | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const message = value as Record<string, unknown>;
  switch (message['type']) {
    case 'ready': {
      const selected = readChoice(message['selected']);
      return selected ? { type: 'ready', selected } : { type: 'ready' };
    }
    case 'open': {
      const { file, line } = message;
      return isText(file) && typeof line === 'number' && Number.isInteger(line) && line > 0 ? { type: 'open', file, line } : undefined;
    }
    case 'select': {
      const selected = readChoice(message['selected']);
      return selected && { type: 'select', selected };
    }
    case 'copy':
      return isText(message['text']) && isText(message['what']) ? { type: 'copy', text: message['text'], what: message['what'] } : undefined;
    case 'configure':
      return isText(message['yaml']) ? { type: 'configure', yaml: message['yaml'] } : undefined;
    case 'export':
      return message['format'] === 'yaml' || message['format'] === 'markdown' ? { type: 'export', format: message['format'] } : undefined;
    case 'refresh':
    case 'openConfiguration':
    case 'showLog':
      return { type: message['type'] };
    default:
      return undefined;
  }
}

function readChoice(value: unknown): DatabaseChoice | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { folder, name } = value as Record<string, unknown>;
  return isText(folder) && isText(name) ? { folder, name } : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length < 1_000_000;
}
