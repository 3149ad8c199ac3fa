import * as vscode from 'vscode';
import { type ApiKey, problemOfKey } from '../cloud/api_key';
import { keyStatus } from '../cloud/key_status';
import { showInputBox } from '../questions';
import type { AgentServer } from '../server/agent_server';
import { serverWithProgress } from './entrypoint_pick';
import { showInformation } from './notify';
import { reportFailure } from './server_reports';

const { l10n } = vscode;

/** Set, Remove and Show API Key. Whoever changes the key, in this window or another, the server hears of it. */
export function registerApiKeyCommands(
  apiKey: ApiKey,
  secrets: vscode.SecretStorage,
  server: () => Promise<AgentServer>,
  changed: () => void,
): vscode.Disposable {
  const refresh = async () => {
    await vscode.commands.executeCommand('setContext', 'runagent.hasApiKey', await apiKey.isKept());
  };
  void refresh();
  return vscode.Disposable.from(
    secrets.onDidChange(() => {
      void refresh();
      changed();
    }),
    vscode.commands.registerCommand('runagent.setApiKey', () => askForKey(apiKey)),
    vscode.commands.registerCommand('runagent.removeApiKey', () => removeKey(apiKey)),
    vscode.commands.registerCommand('runagent.showApiKeyStatus', () => showStatus(apiKey, server)),
  );
}

/** Whether a key was given and is kept now. */
export async function askForKey(apiKey: ApiKey): Promise<boolean> {
  const typed = await showInputBox({
    title: l10n.t('RunAgent API Key'),
    prompt: l10n.t('Kept in this editor’s secret storage and sent only to RunAgent Cloud.'),
    placeHolder: l10n.t('Paste the key'),
    password: true,
    ignoreFocusOut: true,
    // An empty field is not scolded before anything was typed.
    validateInput: (text) => (text === '' ? undefined : problemOfKey(text, l10n.t)),
  });
  if (typed === undefined || problemOfKey(typed, l10n.t) !== undefined) return false;
  await apiKey.set(typed.trim());
  void showInformation(
    l10n.t('The API key is kept in the secret storage. Runs in the cloud use it from now on.'),
  );
  return true;
}

async function removeKey(apiKey: ApiKey): Promise<void> {
  if (!(await apiKey.isKept())) {
    void showInformation(l10n.t('No API key is kept in the secret storage.'));
    return;
  }
  const remove = l10n.t('Remove');
  const question = l10n.t('Remove the RunAgent API key from this editor’s secret storage?');
  const detail = l10n.t(
    'A key that the runagent command has stored, or the variable RUNAGENT_API_KEY, is used then, if there is one.',
  );
  const answer = await vscode.window.showWarningMessage(question, { modal: true, detail }, remove);
  if (answer !== remove) return;
  await apiKey.remove();
  void showInformation(l10n.t('The API key is removed.'));
}

async function showStatus(apiKey: ApiKey, server: () => Promise<AgentServer>): Promise<void> {
  try {
    const ready = await serverWithProgress(server);
    const { summary, details, isOurs } = keyStatus(
      await ready.request('runagent/cloud', { configUri: null }),
      l10n.t,
    );
    const set = isOurs ? l10n.t('Replace API Key…') : l10n.t('Set API Key…');
    const remove = l10n.t('Sign Out');
    const buttons = isOurs ? [set, remove] : [set];
    const detail = details.join('\n');
    const answer = await vscode.window.showInformationMessage(summary, { modal: true, detail }, ...buttons);
    if (answer === set) await askForKey(apiKey);
    if (answer === remove) await removeKey(apiKey);
  } catch (error) {
    reportFailure(error);
  }
}
