import { joinPath } from '../paths.ts';
import { asFile, fileSlug, placeNumbered, sectionsByMarks, share, someText, versionsOf } from './helpers.ts';
import type { Runner } from './runner.ts';
import { compareVersions, nextVersion } from './versions.ts';

const upMark = /^[ \t]*--[ \t]*\+goose[ \t]+Up\b[^\r\n]*(?:\r?\n|$)/im;
const downMark = /^[ \t]*--[ \t]*\+goose[ \t]+Down\b[^\r\n]*(?:\r?\n|$)/im;
const noTransaction = /^[ \t]*--[ \t]*\+goose[ \t]+NO[ \t]+TRANSACTION\b/im;
/** A statement with semicolons of its own has to be marked as one. */
const needsBlock = /\$\w*\$|\bBEGIN\b(?![ \t]*;)/i;

/** goose: one file with two sections, ordered by number; statements are sent one by one. */
export const goose: Runner = {
  id: 'goose',
  title: 'goose',
  transaction: 'file',
  down: 'section',
  optOut: '-- +goose NO TRANSACTION, above -- +goose Up',
  reference: 'https://github.com/pressly/goose#sql-migrations',
  numbered: true,
  mayRead: (folder) => someText(folder, (text) => upMark.test(text)),
  place: (path) => placeNumbered(path, '_', 'both'),
  confidence: (root) => (share(root, (text) => upMark.test(text)) > 0.5 ? 0.97 : 0),
  compare: (a, b) => compareVersions(a.version, b.version),
  sections: (text) => sectionsByMarks(text, upMark, downMark),
  transactionOf: (text) => (noTransaction.test(text) ? 'none' : 'file'),
  create: ({ folder, existing, slug, up, down, now, transactionless }) => {
    const version = nextVersion(versionsOf(existing), 'timestamp', now);
    const name = fileSlug(slug);
    const text = asFile(
      transactionless ? '-- +goose NO TRANSACTION' : '',
      '-- +goose Up',
      section(up),
      '\n-- +goose Down',
      section(down ?? ''),
    );
    return { version, name, files: [{ path: joinPath(folder, `${version}_${name}.sql`), text }] };
  },
};

function section(sql: string): string {
  return needsBlock.test(sql) ? `-- +goose StatementBegin\n${sql.trimEnd()}\n-- +goose StatementEnd` : sql;
}
