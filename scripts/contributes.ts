import { commands } from '../protocol/requests.ts';
import { ruleLevels } from '../server/src/project/configSchema.ts';
import { rules } from '../server/src/rules/index.ts';
import { settingDeclarations } from '../server/src/session/settings.ts';

// What package.json tells the workbench. Written into it by the generator; a test fails when the two differ.

/** A command as the palette and the menus show it. */
interface CommandDeclaration {
  readonly command: string;
  readonly title: string;
  readonly icon?: string;
}

const category = 'Database Expert';
const planView = 'databaseExpert.plan';

const palette: readonly CommandDeclaration[] = [
  { command: commands.generatePlan, title: 'Generate Database Plan', icon: '$(database)' },
  { command: commands.refreshPlan, title: 'Refresh Database Plan', icon: '$(refresh)' },
  { command: commands.exportPlanMarkdown, title: 'Export Database Plan as Markdown', icon: '$(markdown)' },
  { command: commands.exportPlanYaml, title: 'Export Database Plan as YAML' },
  { command: commands.proveMigration, title: 'Prove This Migration', icon: '$(beaker)' },
  { command: commands.proveWorkspace, title: 'Prove Workspace', icon: '$(beaker)' },
  { command: commands.explainRule, title: 'Explain a Rule' },
  { command: commands.openConfiguration, title: 'Open database-expert.yaml', icon: '$(settings-gear)' },
  { command: commands.chooseDialect, title: 'Choose the Dialect of This File' },
  { command: commands.restart, title: 'Restart the Language Server' },
  { command: commands.showLog, title: 'Show Log' },
];

const viewTitle = [
  { command: commands.refreshPlan, group: 'navigation@1' },
  { command: commands.exportPlanMarkdown, group: 'navigation@2' },
  { command: commands.exportPlanYaml, group: '1_export@1' },
  { command: commands.proveWorkspace, group: 'navigation@3' },
  { command: commands.openConfiguration, group: '2_open@1' },
  { command: commands.showLog, group: '2_open@2' },
];

const languages = [
  { id: 'sql', extensions: ['.sql'], aliases: ['SQL', 'sql'] },
  { id: 'prisma', extensions: ['.prisma'], aliases: ['Prisma', 'prisma'], configuration: './syntaxes/prisma.language-configuration.json' },
  { id: 'redis-conf', filenames: ['redis.conf', 'valkey.conf'], filenamePatterns: ['redis*.conf', 'valkey*.conf', '**/redis/*.conf'], aliases: ['Redis Configuration'], configuration: './syntaxes/redis-conf.language-configuration.json' },
];

const grammars = [
  { language: 'prisma', scopeName: 'source.prisma', path: './syntaxes/prisma.tmLanguage.json' },
  { language: 'redis-conf', scopeName: 'source.redis-conf', path: './syntaxes/redis-conf.tmLanguage.json' },
  { scopeName: 'database-expert.annotations', path: './syntaxes/annotations.tmLanguage.json', injectTo: ['source.sql', 'source.pgsql', 'source.prisma', 'source.redis-conf'] },
];

const snippets = [
  ...['sql-postgresql', 'sql-mysql', 'sql-sqlite', 'sql-migrations'].map((name) => ({ language: 'sql', path: `./snippets/${name}.json` })),
  { language: 'prisma', path: './snippets/prisma.json' },
];

/** Levels of the rules, as one setting with a property for each rule. */
function ruleSetting(): Readonly<Record<string, unknown>> {
  const properties = Object.fromEntries(
    [...rules].sort((a, b) => (a.id < b.id ? -1 : 1)).map((rule) => [rule.id, { type: 'string', enum: [...ruleLevels], description: `${rule.summary} (${rule.severity} unless set)` }]),
  );
  return {
    type: 'object',
    default: {},
    scope: 'resource',
    description: 'Level of a rule in this editor. What database-expert.yaml says of a rule counts before this, and holds for the command line too.',
    properties,
    additionalProperties: false,
  };
}

function configuration(): Readonly<Record<string, unknown>> {
  const declared = Object.entries(settingDeclarations).map(([key, declaration]) => [`databaseExpert.${key}`, declaration] as const);
  return { title: 'Database Expert', properties: Object.fromEntries([...declared, ['databaseExpert.rules', ruleSetting()]]) };
}

/** The fields of package.json that make it an extension. */
export function extensionManifest(): Readonly<Record<string, unknown>> {
  return {
    main: './dist/client.cjs',
    activationEvents: ['onLanguage:sql', 'onLanguage:prisma', 'onLanguage:redis-conf', 'workspaceContains:**/database-expert.yaml', 'workspaceContains:**/schema.prisma'],
    capabilities: {
      untrustedWorkspaces: { supported: 'limited', description: 'git is not run, so that every migration counts as pending. Proofs run on the embedded engines only, in a process without files and network.' },
      virtualWorkspaces: { supported: false, description: 'Migrations are read from the file system.' },
    },
    contributes: {
      languages,
      grammars,
      snippets,
      commands: palette.map((command) => ({ category, ...command })),
      menus: {
        'view/title': viewTitle.map((item) => ({ ...item, when: `view == ${planView}` })),
        commandPalette: [commands.chooseDialect, commands.proveMigration].map((command) => ({ command, when: 'editorLangId == sql || resourceExtname == .sql' })),
      },
      viewsContainers: { activitybar: [{ id: 'databaseExpert', title: 'Database Expert', icon: 'client/media/database-expert.svg' }] },
      views: { databaseExpert: [{ type: 'webview', id: planView, name: 'Plan', icon: 'client/media/database-expert.svg', contextualTitle: 'Database Expert' }] },
      configuration: configuration(),
      yamlValidation: [{ fileMatch: ['database-expert.yaml'], url: './docs/schemas/database-expert.yaml.json' }],
    },
  };
}
