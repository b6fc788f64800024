import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { URI } from 'vscode-uri';

let folder: string | undefined;

/** The folder of the rules' pages: in the installed extension, or in the source tree. Undefined when it was not shipped. */
function documentationFolder(): string | undefined {
  if (folder !== undefined) return folder === '' ? undefined : folder;
  folder = '';
  for (let at = dirname(fileURLToPath(import.meta.url)); ; at = dirname(at)) {
    const candidate = join(at, 'docs', 'rules');
    if (existsSync(candidate)) folder = candidate;
    if (folder !== '' || dirname(at) === at) break;
  }
  return folder === '' ? undefined : folder;
}

/**
 * The URI of a rule's page, or undefined when there is none. The pages travel with the extension, so that they fit its version and
 * open without a network. `given` is the folder that the client names.
 */
export function ruleDocument(rule: string, given?: string): string | undefined {
  if (!/^[a-z][a-z0-9-]*$/.test(rule)) return undefined;
  const at = given ?? documentationFolder();
  return at === undefined ? undefined : URI.file(join(at, `${rule}.md`)).toString();
}
