import * as vscode from 'vscode';
import { interpreterRungs } from '../python/interpreters';
import { type Attempt, survey } from '../python/ladder';
import { settingRungName } from '../python/local_rungs';
import { askVersion } from '../python/version';
import { showQuickPick } from '../questions';
import { settingsButton, showWarning } from './notify';

const { l10n } = vscode;

interface Item extends vscode.QuickPickItem {
  readonly choose: () => Promise<string | undefined>;
}

/** Select Interpreter: writes the setting, which restarts the server by itself if that changes anything. */
export function registerInterpreterCommands(): vscode.Disposable {
  return vscode.commands.registerCommand('runagent.selectInterpreter', async () => {
    const placeHolder = l10n.t('Python for the RunAgent language server');
    const chosen = await showQuickPick(interpreterItems(), {
      placeHolder,
      matchOnDetail: true,
    });
    const value = await chosen?.choose();
    if (value === undefined) return;
    const inWorkspace = vscode.workspace.isTrusted && vscode.workspace.workspaceFolders !== undefined;
    const target = inWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global;
    await vscode.workspace.getConfiguration('runagent').update('interpreter', value, target);
  });
}

async function interpreterItems(): Promise<Item[]> {
  const rungs = interpreterRungs().filter(({ name }) => name !== settingRungName(l10n.t));
  const items = (await survey(rungs, askVersion(l10n.t))).map(
    ({ executable, version, origin }): Item => ({
      label: `Python ${version}`,
      description: origin,
      detail: executable,
      choose: async () => executable,
    }),
  );
  return [
    { label: l10n.t('$(sparkle) Choose automatically'), choose: async () => '' },
    { label: l10n.t('$(folder-opened) Browse…'), choose: browse },
    ...items,
  ];
}

async function browse(): Promise<string | undefined> {
  const [file] = (await vscode.window.showOpenDialog({ openLabel: l10n.t('Use This Python') })) ?? [];
  return file?.fsPath;
}

/** Says once for each value that the setting cannot be used, and what is used instead. */
export class SettingWarning {
  readonly #told = new Set<string>();

  tell(tried: readonly Attempt[], insteadOf: string | undefined): void {
    const setting = settingRungName(l10n.t);
    const wrong = tried.find(({ rung, isUnused }) => rung === setting && isUnused !== true);
    if (wrong === undefined || insteadOf === undefined) return;
    const message = l10n.t(
      'The setting runagent.interpreter cannot be used: {0}. Python from {1} is used instead.',
      `${wrong.executable ?? ''} ${wrong.problem}`.trim(),
      insteadOf,
    );
    if (this.#told.has(message)) return;
    this.#told.add(message);
    void showWarning(message, settingsButton('runagent.interpreter'));
  }
}
