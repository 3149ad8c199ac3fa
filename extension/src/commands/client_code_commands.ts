import * as vscode from 'vscode';
import { showQuickPick } from '../questions';
import { clientLanguages } from '../runs/client_languages';
import type { AgentServer } from '../server/agent_server';
import type { ClientResult } from '../server/protocol.generated';
import { pickEntrypoint, serverWithProgress } from './entrypoint_pick';
import { showInformation } from './notify';
import { reportFailure } from './server_reports';
import { pickCloud } from './target_pick';

const { l10n } = vscode;

/** Copy Client Code: a program that calls an entrypoint, in one of the languages that have an SDK. */
export function registerClientCodeCommands(server: () => Promise<AgentServer>): vscode.Disposable {
  return vscode.commands.registerCommand('runagent.copyClientCode', (file: unknown) =>
    copyClientCode(server, file),
  );
}

async function copyClientCode(server: () => Promise<AgentServer>, file: unknown): Promise<void> {
  try {
    const ready = await serverWithProgress(server);
    const { projects } = await ready.request('runagent/projects', {});
    const wanted = file instanceof vscode.Uri ? { fileUri: file.toString() } : {};
    const chosen = await pickEntrypoint(projects, l10n.t('Entrypoint to call'), wanted);
    const language = chosen && (await pickLanguage());
    const cloud = language && (await pickTarget());
    const lastRun = cloud === undefined ? undefined : await pickInputs();
    if (!chosen || !language || lastRun === undefined) return;
    const { configUri, tag } = chosen;
    const target = cloud ? { target: { cloud } } : {};
    await show(await ready.request('runagent/client', { configUri, tag, language, lastRun, ...target }));
  } catch (error) {
    reportFailure(error);
  }
}

async function pickLanguage() {
  const languages = clientLanguages(l10n.t);
  const placeHolder = l10n.t('Language of the client code');
  return (
    await showQuickPick(languages, {
      placeHolder,
      matchOnDescription: true,
      ignoreFocusOut: true,
    })
  )?.id;
}

/** Whether the code shall call the agent in the cloud. Nothing is sent there by writing it. */
function pickTarget(): Promise<boolean | undefined> {
  const detail = l10n.t('The code sends its inputs there and takes the API key from its environment.');
  return pickCloud(l10n.t('Copy Client Code'), l10n.t('Which agent the client code calls'), detail);
}

/** Whether the code shall hold the inputs of the last run; undefined when nothing was chosen. */
async function pickInputs(): Promise<boolean | undefined> {
  const plain = { label: l10n.t('With example values'), lastRun: false };
  const last = {
    label: l10n.t('With the inputs of the last run'),
    detail: l10n.t('They become part of the code. Without such a run it holds example values.'),
    lastRun: true,
  };
  const placeHolder = l10n.t('Values in the client code');
  return (await showQuickPick([plain, last], { placeHolder, ignoreFocusOut: true }))?.lastRun;
}

async function show({ text, languageId, fileName, notes }: ClientResult): Promise<void> {
  const document = await vscode.workspace.openTextDocument({ language: languageId, content: text });
  await vscode.window.showTextDocument(document, { preview: false });
  const copy = async () => {
    await vscode.env.clipboard.writeText(document.getText());
    void vscode.window.setStatusBarMessage(l10n.t('The client code is copied.'), 5000);
  };
  const sentences = notes.map((note) => note.replace(/\.?$/, '.'));
  const message = [l10n.t('Client code, to be saved as {0}.', fileName), ...sentences].join(' ');
  void showInformation(message, { label: l10n.t('Copy'), run: copy });
}
