import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { configJsonSchema } from '../server/src/project/configSchema.ts';
import { rules } from '../server/src/rules/index.ts';
import { rulePage, rulesIndex, rulesTable } from '../server/src/rules/page.ts';
import { rulesSchema } from '../server/src/rules/settings.ts';
import { extensionManifest } from './contributes.ts';

/** A file that is made from the sources. */
export interface GeneratedFile {
  /** Relative to the repository. */
  readonly path: string;
  readonly text: string;
}

/** Folders that hold generated files and nothing else; what is not generated any more is deleted. */
const owned = ['docs/rules'];

/** Everything that is generated, as it should stand on disk. */
export function generatedFiles(root: string): GeneratedFile[] {
  return [
    { path: 'package.json', text: manifest(readFileSync(join(root, 'package.json'), 'utf8')) },
    { path: 'README.md', text: readme(readFileSync(join(root, 'README.md'), 'utf8')) },
    { path: 'docs/schemas/database-expert.yaml.json', text: `${JSON.stringify(configSchema(), null, 2)}\n` },
    { path: 'docs/rules/README.md', text: rulesIndex(rules) },
    ...rules.map((rule) => ({ path: `docs/rules/${rule.id}.md`, text: rulePage(rule) })),
  ];
}

/** The schema of database-expert.yaml with the options of each rule, which the floor of the configuration does not know. */
function configSchema(): object {
  const schema = configJsonSchema(rules.map((rule) => rule.id)) as { readonly properties: object };
  return { ...schema, properties: { ...schema.properties, rules: rulesSchema(rules) } };
}

/** package.json with what the extension contributes; everything else in it stays as it is. */
function manifest(text: string): string {
  return `${JSON.stringify({ ...(JSON.parse(text) as object), ...extensionManifest() }, null, 2)}\n`;
}

/** The README with the table of rules between its marks. */
function readme(text: string): string {
  return text.replace(/(<!-- rules:begin[^>]*-->\n)[\s\S]*(<!-- rules:end -->)/, (_, begin: string, end: string) => `${begin}\n${rulesTable(rules, 'docs/rules/')}\n${end}`);
}

/** Paths of the generated files that differ from what stands on disk, or should not be there; sorted. */
export function staleFiles(root: string): string[] {
  const files = generatedFiles(root);
  const stale = files.filter(({ path, text }) => !existsSync(join(root, path)) || readFileSync(join(root, path), 'utf8') !== text).map(({ path }) => path);
  const wanted = new Set(files.map(({ path }) => path));
  const left = owned.flatMap((folder) => (existsSync(join(root, folder)) ? readdirSync(join(root, folder)).map((name) => `${folder}/${name}`) : [])).filter((path) => !wanted.has(path));
  return [...stale, ...left].sort();
}

/** Brings the generated files up to date and returns the paths that were written or deleted. */
export function writeGenerated(root: string): string[] {
  const stale = staleFiles(root);
  const texts = new Map(generatedFiles(root).map(({ path, text }) => [path, text]));
  for (const path of stale) {
    const text = texts.get(path);
    if (text === undefined) rmSync(join(root, path));
    else {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
  }
  return stale;
}
