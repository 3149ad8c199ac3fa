import * as vscode from 'vscode';
import type { AgentServer } from '../server/agent_server';
import { registerInterpreterCommands } from './interpreter_commands';
import { commandButton, showInformation } from './notify';
import { registerRuleCommands } from './rule_commands';
import { reportFailure } from './server_reports';

const { l10n } = vscode;

export interface ServerParts {
  readonly restart: () => Promise<void>;
  readonly server: () => Promise<AgentServer>;
  readonly serverLog: vscode.LogOutputChannel;
}

/** The server's own commands, its Python and which rules it holds to. */
export function registerServerCommands(parts: ServerParts): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.commands.registerCommand('runagent.restart', () => parts.restart()),
    vscode.commands.registerCommand('runagent.showLogs', () => parts.serverLog.show()),
    vscode.commands.registerCommand('runagent.checkWorkspace', () => checkWorkspace(parts.server)),
    registerInterpreterCommands(),
    registerRuleCommands(),
  );
}

async function checkWorkspace(server: ServerParts['server']): Promise<void> {
  const options = { location: vscode.ProgressLocation.Window, title: l10n.t('RunAgent: checking') };
  try {
    const result = await vscode.window.withProgress(options, async () =>
      (await server()).request('runagent/check', {}),
    );
    if (result.projects === 0) {
      void showInformation(l10n.t('There is no runagent.config.json, .yaml or .yml in this workspace.'));
      return;
    }
    const message = l10n.t(
      'Agents checked: {0}. Errors: {1}, warnings: {2}, hints: {3}.',
      result.projects,
      result.errors,
      result.warnings,
      result.others,
    );
    void showInformation(message, commandButton(l10n.t('Show Problems'), 'workbench.actions.view.problems'));
  } catch (error) {
    reportFailure(error);
  }
}
