import { Uri, commands as vscodeCommands, window, workspace, type Disposable, type LogOutputChannel, type QuickPickItem } from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { commands, configurationEditRequest, databasesRequest, explainRuleRequest, renderPlanRequest, type ConfigurationEditAnswer, type DatabasesAnswer, type ExplainRuleAnswer, type RenderPlanAnswer } from '../../protocol/requests.ts';
import { addToConfiguration } from './configuration.ts';
import { folderOf } from './folders.ts';
import type { PlanView } from './planView.ts';
import { showProofs } from './proving.ts';
import { fromServer, type StatusItem } from './status.ts';

/** What the commands act on. */
export interface CommandTargets {
  readonly client: () => LanguageClient | undefined;
  readonly restart: () => Promise<void>;
  readonly log: LogOutputChannel;
  readonly plan: PlanView;
  readonly status: StatusItem;
  /** The extension's own package.json. */
  readonly manifest: Manifest;
}

/** As much of package.json as the commands read. */
interface Manifest {
  readonly contributes?: { readonly configuration?: { readonly properties?: Readonly<Record<string, { readonly properties?: Readonly<Record<string, { readonly description?: string }>> }>> } };
}

/** Registers every command of the extension. */
export function registerCommands(targets: CommandTargets): Disposable[] {
  const handlers: Readonly<Record<(typeof commands)[keyof typeof commands], (...given: unknown[]) => unknown>> = {
    [commands.generatePlan]: () => generatePlan(targets),
    [commands.refreshPlan]: () => targets.plan.refresh(),
    [commands.exportPlanYaml]: () => exportPlan(targets, 'yaml'),
    [commands.exportPlanMarkdown]: () => exportPlan(targets, 'markdown'),
    [commands.explainRule]: (rule) => explainRule(targets, rule),
    [commands.openConfiguration]: () => openConfiguration(targets),
    [commands.chooseDialect]: () => chooseDialect(targets),
    [commands.proveMigration]: (uri, version) => proveMigration(targets, uri, version),
    [commands.proveWorkspace]: () => proveWorkspace(targets),
    [commands.restart]: () => targets.restart(),
    [commands.showLog]: () => targets.log.show(),
    [commands.showMenu]: () => showMenu(),
    [commands.openCreated]: (uris) => openCreated(targets, uris),
  };
  return Object.entries(handlers).map(([id, handler]) => vscodeCommands.registerCommand(id, handler));
}

/** The server, or a message that it does not run. */
function running(targets: CommandTargets): LanguageClient | undefined {
  const client = targets.client();
  if (client?.isRunning()) return client;
  void window.showWarningMessage('The language server of Database Expert does not run.', 'Restart', 'Show Log').then((choice) => {
    if (choice === 'Restart') return targets.restart();
    if (choice === 'Show Log') targets.log.show();
    return undefined;
  });
  return undefined;
}

async function generatePlan(targets: CommandTargets): Promise<void> {
  const status = targets.status.last;
  const folder = folderOf()?.toString();
  await targets.plan.show(status?.database && folder ? { folder, name: status.database } : undefined);
}

/** `uri` and `version` come from the line above a migration; the palette gives neither, and means the file in front. */
async function proveMigration(targets: CommandTargets, uri: unknown, version: unknown): Promise<void> {
  const client = running(targets);
  const document = window.activeTextEditor?.document;
  const file = typeof uri === 'string' ? uri : document && client?.code2ProtocolConverter.asUri(document.uri);
  if (!client || file === undefined) return;
  await showProofs(client, targets.log, { uri: file, ...(typeof version === 'string' && { version }) });
}

async function proveWorkspace(targets: CommandTargets): Promise<void> {
  const client = running(targets);
  const folder = folderOf()?.toString();
  if (client) await showProofs(client, targets.log, folder === undefined ? {} : { folder });
}

async function exportPlan(targets: CommandTargets, format: 'yaml' | 'markdown'): Promise<void> {
  const client = running(targets);
  if (!client) return;
  const choice = targets.plan.selected ?? (await pickDatabase(client));
  if (!choice) return;
  const answer = await client.sendRequest<RenderPlanAnswer>(renderPlanRequest, { folder: choice.folder, database: choice.name, format });
  if (!answer) return noDatabase();
  const document = await workspace.openTextDocument({ language: format, content: answer.text });
  await window.showTextDocument(document, { preview: false });
}

function noDatabase(): void {
  void window.showInformationMessage('No database was found to plan for: no SQL migrations, no schema.prisma and no CREATE TABLE.');
}

/** Lets the user choose among several databases; undefined when there is none or nothing was chosen. */
async function pickDatabase(client: LanguageClient): Promise<{ folder: string; name: string } | undefined> {
  const databases = await client.sendRequest<DatabasesAnswer>(databasesRequest);
  if (databases.length === 0) noDatabase();
  if (databases.length < 2) return databases[0];
  const picked = await window.showQuickPick(
    databases.map((database) => ({ label: database.name, description: database.dialect, detail: database.root, database })),
    { title: 'Database', placeHolder: 'Which database?' },
  );
  return picked?.database;
}

async function explainRule(targets: CommandTargets, rule: unknown): Promise<void> {
  const client = running(targets);
  if (!client) return;
  const id = typeof rule === 'string' ? rule : await pickRule(targets);
  if (!id) return;
  const answer = await client.sendRequest<ExplainRuleAnswer>(explainRuleRequest, { rule: id });
  if (!answer) {
    void window.showInformationMessage(`There is no page about ${id}.`);
    return;
  }
  const uri = fromServer(client, answer.uri);
  try {
    await vscodeCommands.executeCommand('markdown.showPreview', uri);
  } catch {
    await window.showTextDocument(uri);
  }
}

/** Lets the user choose a rule. The list is that of the setting `databaseExpert.rules`, which is generated from the rules. */
async function pickRule({ manifest }: CommandTargets): Promise<string | undefined> {
  const rules = manifest.contributes?.configuration?.properties?.['databaseExpert.rules']?.properties ?? {};
  const entries = Object.entries(rules).map(([label, { description = '' }]) => ({ label, detail: description }));
  const picked = await window.showQuickPick(entries, { title: 'Explain a Rule', placeHolder: 'Which rule?', matchOnDetail: true });
  return picked?.label;
}

const configurationStart = `# What Database Expert should know about this workspace. Everything here is optional.
# database_type: postgresql
# scale_targets:
#   qps: 100
`;

async function openConfiguration(targets: CommandTargets): Promise<void> {
  const folder = folderOf();
  if (!folder) {
    void window.showInformationMessage('Open a folder first: database-expert.yaml belongs into it.');
    return;
  }
  const uri = Uri.joinPath(folder, 'database-expert.yaml');
  const exists = await workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );
  if (!exists) {
    const choice = await window.showInformationMessage('This folder has no database-expert.yaml.', { modal: true, detail: 'It states what cannot be read from the files: sizes, tenancy, what is applied.' }, 'Create');
    if (choice !== 'Create') return;
    await workspace.fs.writeFile(uri, new TextEncoder().encode(configurationStart));
    targets.log.info(`created ${uri.fsPath}`);
  }
  await window.showTextDocument(uri, { preview: false });
}

const dialects = [
  { label: 'PostgreSQL', dialect: 'postgresql' },
  { label: 'MySQL', dialect: 'mysql' },
  { label: 'MariaDB', dialect: 'mariadb' },
  { label: 'SQLite', dialect: 'sqlite' },
];

async function chooseDialect(targets: CommandTargets): Promise<void> {
  const client = running(targets);
  const document = window.activeTextEditor?.document;
  if (!client || !document) return;
  const uri = client.code2ProtocolConverter.asUri(document.uri);
  const picked = await window.showQuickPick(dialects, { title: 'Dialect of this file', placeHolder: 'Which engine runs this file?' });
  if (!picked) return;
  const params = { uri, dialect: picked.dialect };
  const answer = await client.sendRequest<ConfigurationEditAnswer>(configurationEditRequest, params).catch((error: unknown) => {
    void window.showErrorMessage(error instanceof Error ? error.message : String(error));
    return undefined;
  });
  if (!answer) return;
  const name = workspace.asRelativePath(fromServer(client, answer.uri));
  const choice = await window.showInformationMessage(`Write this dialect into ${name}?`, { modal: true, detail: `The database that holds this file will be read as ${picked.label}.` }, 'Write');
  if (choice === 'Write') await addToConfiguration(client, params);
}

async function showMenu(): Promise<void> {
  const entries: (QuickPickItem & { readonly command: string })[] = [
    { label: '$(database) Generate Database Plan', command: commands.generatePlan },
    { label: '$(beaker) Prove this migration', command: commands.proveMigration },
    { label: '$(beaker) Prove all pending migrations', command: commands.proveWorkspace },
    { label: '$(symbol-namespace) Choose the dialect of this file…', command: commands.chooseDialect },
    { label: '$(settings-gear) Open database-expert.yaml', command: commands.openConfiguration },
    { label: '$(output) Show log', command: commands.showLog },
    { label: '$(debug-restart) Restart the language server', command: commands.restart },
  ];
  const picked = await window.showQuickPick(entries, { title: 'Database Expert' });
  if (picked) await vscodeCommands.executeCommand(picked.command);
}

/** Saves the files that a fix made, so that no empty migration stays on disk, and shows the first. */
async function openCreated(targets: CommandTargets, uris: unknown): Promise<void> {
  const client = targets.client();
  if (!client || !Array.isArray(uris)) return;
  const made = uris.filter((uri): uri is string => typeof uri === 'string').map((uri) => fromServer(client, uri));
  for (const uri of made) {
    const document = await workspace.openTextDocument(uri);
    if (document.isDirty) await document.save();
  }
  const [first] = made;
  if (first) await window.showTextDocument(first, { preview: false, preserveFocus: false });
}
