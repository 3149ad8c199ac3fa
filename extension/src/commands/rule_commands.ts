import * as vscode from 'vscode';
import { ruleToDisable, withRuleOff } from '../checking/rule_levels';
import { settingsButton, showError, showInformation } from './notify';

const { l10n } = vscode;
const SETTING = 'runagent.rules';

/** Turns a rule off in the settings of the workspace; code actions send it. */
export function registerRuleCommands(): vscode.Disposable {
  return vscode.commands.registerCommand('runagent.rules.disable', async (argument: unknown) => {
    const wanted = ruleToDisable(argument);
    if (wanted !== undefined) await disable(wanted.slug, vscode.Uri.parse(wanted.configUri));
  });
}

async function disable(slug: string, config: vscode.Uri): Promise<void> {
  const inWorkspace = vscode.workspace.workspaceFolders !== undefined;
  const section = vscode.workspace.getConfiguration(undefined, config);
  const known = section.inspect(SETTING);
  const [target, value] = inWorkspace
    ? [vscode.ConfigurationTarget.Workspace, known?.workspaceValue]
    : [vscode.ConfigurationTarget.Global, known?.globalValue];
  try {
    await section.update(SETTING, withRuleOff(value, slug), target);
  } catch (error) {
    void showError(l10n.t('The rule {0} could not be turned off: {1}', slug, String(error)));
    return;
  }
  const where = inWorkspace ? l10n.t('in this workspace') : l10n.t('in your settings');
  void showInformation(l10n.t('The rule {0} is off {1}.', slug, where), settingsButton(SETTING));
}
