import * as vscode from 'vscode';
import { showQuickPick } from '../questions';
import {
  choicesFor,
  type EntrypointChoice,
  nothingToChoose,
  type WantedEntrypoint,
} from '../runs/entrypoint_choice';
import type { AgentServer } from '../server/agent_server';
import type { Project } from '../server/protocol.generated';
import { commandButton, showInformation, showWarning } from './notify';

const { l10n } = vscode;

/** Waits for the server, visibly. */
export function serverWithProgress(server: () => Promise<AgentServer>): Thenable<AgentServer> {
  const options = {
    location: vscode.ProgressLocation.Window,
    title: l10n.t('RunAgent: waiting for the server'),
  };
  return vscode.window.withProgress(options, server);
}

/** The entrypoint that is wanted: the only one that fits, or the one a person picks. */
export async function pickEntrypoint(
  projects: readonly Project[],
  placeHolder: string,
  wanted: WantedEntrypoint = {},
): Promise<EntrypointChoice | undefined> {
  const choices = choicesFor(projects, wanted);
  if (choices.length === 0) {
    void showInformation(nothingToChoose(projects, wanted.kind, l10n.t));
    return undefined;
  }
  const items = choices.map((choice) => ({
    label: choice.tag,
    description: choice.project,
    detail: vscode.workspace.asRelativePath(vscode.Uri.parse(choice.configUri)),
    choice,
  }));
  const options = { placeHolder, matchOnDescription: true, matchOnDetail: true };
  return (await showQuickPick(items, options))?.choice;
}

/** Whether agents may be called here; says why not. */
export function mayRun(): boolean {
  if (vscode.workspace.isTrusted) return true;
  void showWarning(
    l10n.t(
      'Agents do not run in Restricted Mode, because running one executes code that you do not trust yet.',
    ),
    commandButton(l10n.t('Manage Workspace Trust'), 'workbench.trust.manage'),
  );
  return false;
}
