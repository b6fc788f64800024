import { joinPath } from '../paths.ts';
import { asFile, fileSlug, placeNumbered, sectionsByMarks, sentWhole, share, someText, versionsOf } from './helpers.ts';
import type { Runner } from './runner.ts';
import { compareText, nextVersion } from './versions.ts';

const upMark = /^--[ \t]*migrate:up\b[^\r\n]*(?:\r?\n|$)/m;
const downMark = /^--[ \t]*migrate:down\b[^\r\n]*(?:\r?\n|$)/m;

/** dbmate: one file with two sections, run in the order of the file names. */
export const dbmate: Runner = {
  id: 'dbmate',
  title: 'dbmate',
  transaction: 'file',
  down: 'section',
  optOut: 'transaction:false, after -- migrate:up',
  reference: 'https://github.com/amacneil/dbmate#migration-options',
  numbered: true,
  mayRead: (folder) => someText(folder, (text) => upMark.test(text)),
  place: (path) => placeNumbered(path, undefined, 'both'),
  confidence: (root) => (share(root, (text) => upMark.test(text)) > 0.5 ? 0.97 : 0),
  compare: (a, b) => compareText(a.file, b.file),
  sections: (text) => sectionsByMarks(text, upMark, downMark),
  transactionOf: (text, dialect) => (/\btransaction:\s*false\b/.test(upMark.exec(text)?.[0] ?? '') ? sentWhole(dialect) : 'file'),
  create: ({ folder, existing, slug, up, down, now, transactionless }) => {
    const version = nextVersion(versionsOf(existing), 'timestamp', now);
    const name = fileSlug(slug);
    const option = transactionless ? ' transaction:false' : '';
    const text = asFile(`-- migrate:up${option}`, up, '', `\n-- migrate:down${option}`, down ?? '');
    return { version, name, files: [{ path: joinPath(folder, `${version}_${name}.sql`), text }] };
  },
};
