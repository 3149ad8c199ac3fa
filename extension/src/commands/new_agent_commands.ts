import * as path from 'node:path';
import * as vscode from 'vscode';
import { candidateRows, freeName, nameProblem, type Place, placeIn, templateRows } from '../agents/new_agent';
import { showInputBox, showQuickPick } from '../questions';
import type { AgentServer } from '../server/agent_server';
import type { PlannedAgent } from '../server/protocol.generated';
import { serverWithProgress } from './entrypoint_pick';
import { commandButton, showInformation } from './notify';
import { reportFailure } from './server_reports';

const { l10n } = vscode;

/** New Agent and Make Folder an Agent. */
export function registerNewAgentCommands(server: () => Promise<AgentServer>): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.commands.registerCommand('runagent.newAgent', (folder: unknown) =>
      reported(async () => newAgent(await serverWithProgress(server), folder)),
    ),
    vscode.commands.registerCommand('runagent.makeAgent', (folder: unknown) =>
      reported(async () => makeAgent(await serverWithProgress(server), folder)),
    ),
  );
}

async function reported(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    reportFailure(error);
  }
}

async function newAgent(server: AgentServer, argument: unknown): Promise<void> {
  const parent = await chosenFolder(argument, l10n.t('Folder for the new agent'));
  if (parent === undefined) return;
  const names = (await vscode.workspace.fs.readDirectory(parent)).map(([name]) => name);
  const place = placeIn(names);
  const template = await pickTemplate();
  const name = template && (await askName(parent, place, names));
  if (!template || !name) return;
  const folder = place === 'here' ? parent : vscode.Uri.joinPath(parent, name);
  const asked = { folderUri: folder.toString(), name, template };
  const planned = await server.request('runagent/newAgent', asked);
  await create(planned);
  const code = planned.files.find(({ uri }) => uri.endsWith('/main.py'))?.uri ?? planned.configUri;
  await show(folder, vscode.Uri.parse(code));
}

async function makeAgent(server: AgentServer, argument: unknown): Promise<void> {
  const folder = await chosenFolder(argument, l10n.t('Folder that holds the code'));
  if (folder === undefined) return;
  const folderUri = folder.toString();
  const options = {
    location: vscode.ProgressLocation.Window,
    title: l10n.t('RunAgent: looking for functions'),
  };
  const { candidates } = await vscode.window.withProgress(options, () =>
    server.request('runagent/candidates', { folderUri }),
  );
  if (candidates.length === 0) {
    void showInformation(
      l10n.t('No function to offer was found in {0}.', path.posix.basename(folder.path)),
      commandButton(l10n.t('New Agent…'), 'runagent.newAgent', folder),
    );
    return;
  }
  const chosen = await showQuickPick(candidateRows(candidates, l10n.t), {
    title: l10n.t('Make Folder an Agent'),
    placeHolder: l10n.t('Functions that the agent offers'),
    canPickMany: true,
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (chosen === undefined) return;
  const entrypoints = chosen.map(({ candidate: { file, module, tag } }) => ({ file, module, tag }));
  const planned = await server.request('runagent/makeAgent', { folderUri, entrypoints });
  await create(planned);
  await show(folder, vscode.Uri.parse(planned.configUri));
}

/** The folder that a menu names, the workspace's, or one that a person picks. */
async function chosenFolder(argument: unknown, title: string): Promise<vscode.Uri | undefined> {
  if (argument instanceof vscode.Uri) {
    const { type } = await vscode.workspace.fs.stat(argument);
    return type & vscode.FileType.Directory ? argument : vscode.Uri.joinPath(argument, '..');
  }
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length === 1) return folders[0]?.uri;
  if (folders.length > 1) return (await vscode.window.showWorkspaceFolderPick({ placeHolder: title }))?.uri;
  const options = {
    title,
    openLabel: l10n.t('Use This Folder'),
    canSelectFolders: true,
    canSelectFiles: false,
  };
  return (await vscode.window.showOpenDialog(options))?.[0];
}

async function pickTemplate() {
  const options = { title: l10n.t('New Agent'), placeHolder: l10n.t('What the agent begins with') };
  return (await showQuickPick(templateRows(l10n.t), options))?.template;
}

async function askName(
  parent: vscode.Uri,
  place: Place,
  names: readonly string[],
): Promise<string | undefined> {
  const folder = path.posix.basename(parent.path);
  const name = await showInputBox({
    title: l10n.t('New Agent: Name'),
    prompt:
      place === 'here'
        ? l10n.t('The agent is written into {0}, which is empty', folder)
        : l10n.t('A folder of this name is made in {0}', folder),
    value: place === 'here' ? folder : freeName(names),
    validateInput: (text) => nameProblem(text, place, names, l10n.t),
    ignoreFocusOut: true,
  });
  return name?.trim();
}

/** Writes the files by one edit, which can be undone and never overwrites. */
async function create({ files }: PlannedAgent): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  for (const { uri, text } of files) {
    edit.createFile(vscode.Uri.parse(uri), { contents: new TextEncoder().encode(text), overwrite: false });
  }
  if (!(await vscode.workspace.applyEdit(edit))) {
    throw new Error(l10n.t('The files of the agent could not be written.'));
  }
}

/** Shows a file of the agent, in a window of its own when its folder is not open. */
async function show(folder: vscode.Uri, file: vscode.Uri): Promise<void> {
  if (vscode.workspace.getWorkspaceFolder(folder) === undefined) {
    await vscode.commands.executeCommand('vscode.openFolder', folder);
    return;
  }
  await vscode.window.showTextDocument(file, { preview: false });
}
