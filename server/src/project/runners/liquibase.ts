import type { Dialect } from '../../source/dialect.ts';
import type { TextRange } from '../../text/range.ts';
import type { TransactionMode } from '../facts.ts';
import { changelogNames } from '../fileKinds.ts';
import { baseName, folderOf, joinPath } from '../paths.ts';
import { sentWhole, share, someText } from './helpers.ts';
import type { FilePart, MigrationRoot, Placement, Runner } from './runner.ts';
import { compareVersions } from './versions.ts';

const header = /^\uFEFF?\s*--\s*liquibase\s+formatted\b/i;
const changeset = /^[ \t]*--[ \t]*changeset[ \t]+("[^"\r\n]*"|[^:\s]+)[ \t]*:[ \t]*("[^"\r\n]*"|\S+)([^\r\n]*)(?:\r?\n|$)/gim;
const rollbackLine = /^[ \t]*--[ \t]*rollback[ \t]+(?!(?:empty|not required)\b|changeset(?:id|author|path)\s*:)([^\r\n]*)/gim;
const rollbackBlock = /\/\*[ \t]*liquibase[ \t]+rollback\b([^]*?)\*\//gi;

/** Folders whose changelogs belong together, with those of the releases below. */
const changelogFolder = /^(?:.*\/)?(?:(?:db\.?)?change-?logs?|change-?sets?|liquibase)(?=\/)/i;
/** Position of a file in the changelog that lists the others, in the folder or above it; the end when none lists it. */
function listedAt({ file }: Placement, root: MigrationRoot): number {
  const name = baseName(file);
  for (const folder of [root.folder, folderOf(root.folder)]) {
    for (const master of changelogNames) {
      const at = root.text(joinPath(folder, master))?.indexOf(name) ?? -1;
      if (at >= 0) return at;
    }
  }
  return Number.MAX_SAFE_INTEGER;
}

/** Whether a changeset runs on an engine: `dbms:mysql,mariadb`, `dbms:!h2`; every engine without the attribute. */
function runsOn(attributes: string, dialect: Dialect): boolean {
  const names = (/\bdbms\s*:\s*("[^"]*"|\S+)/i.exec(attributes)?.[1] ?? '').replaceAll('"', '').toLowerCase().split(',').map((name) => name.trim()).filter(Boolean);
  const wanted = names.filter((name) => !name.startsWith('!'));
  return !names.includes(`!${dialect}`) && (wanted.length === 0 || wanted.includes(dialect) || wanted.includes('all'));
}

function transactionOf(attributes: string, dialect: Dialect): TransactionMode {
  if (!/\brunInTransaction\s*:\s*"?false\b/i.test(attributes)) return 'file';
  return /\bsplitStatements\s*:\s*"?false\b/i.test(attributes) ? sentWhole(dialect) : 'none';
}

function rollbacksIn(text: string, { start, end }: TextRange): TextRange[] {
  const piece = text.slice(start, end);
  const found = [rollbackLine, rollbackBlock].flatMap((pattern) =>
    [...piece.matchAll(pattern)].map((match) => {
      const at = start + match.index + match[0].lastIndexOf(match[1]!);
      return { start: at, end: at + match[1]!.length };
    }),
  );
  return found.filter((range) => text.slice(range.start, range.end).trim() !== '').sort((a, b) => a.start - b.start);
}

/** The changesets of a file that run on the engine, each a migration of its own. */
function changesetsOf(text: string, dialect: Dialect): FilePart[] | undefined {
  if (!header.test(text)) return undefined;
  const heads = [...text.matchAll(changeset)];
  return heads.flatMap((head, index): FilePart[] => {
    const [whole, author, id, attributes] = head as unknown as readonly [string, string, string, string];
    if (!runsOn(attributes, dialect) || /\bignore\s*:\s*"?true\b/i.test(attributes)) return [];
    const up = { start: head.index + whole.length, end: heads[index + 1]?.index ?? text.length };
    const version = `${author}:${id}`.replaceAll('"', '');
    return [{ version, name: '', up, down: rollbacksIn(text, up), transaction: transactionOf(attributes, dialect) }];
  });
}

/**
 * Liquibase with formatted SQL: files of changesets, each of which is a migration with a transaction of its own. Their order is
 * that of a changelog that lists the files, else that of the names. Rollbacks stand in comments.
 */
export const liquibase: Runner = {
  id: 'liquibase',
  title: 'Liquibase',
  transaction: 'file',
  down: 'section',
  optOut: 'runInTransaction:false, behind --changeset author:id',
  reference: 'https://docs.liquibase.com/concepts/changelogs/sql-format.html',
  mayRead: (folder) => someText(folder, (text) => header.test(text)),
  place: (path) => {
    if (!path.endsWith('.sql')) return undefined;
    const name = baseName(path).slice(0, -'.sql'.length);
    return { file: path, root: changelogFolder.exec(path)?.[0] ?? folderOf(path), version: name, name: '', part: 'up' };
  },
  confidence: (root) => (share(root, (text) => header.test(text)) > 0.5 ? 0.97 : 0),
  compare: (a, b, root) => listedAt(a, root) - listedAt(b, root) || compareVersions(a.file, b.file),
  split: changesetsOf,
  transactionOf: () => 'file',
  create: () => undefined,
};
