import * as vscode from 'vscode';
import { showQuickPick } from '../questions';
import type { Project } from '../server/protocol.generated';
import { agentOf, agentsInOrder } from '../serving/agent_choice';
import { showInformation } from './notify';

const { l10n } = vscode;

/** The agent that a command is about: the one it was told, the only one, or the one a person picks. */
export async function pickAgent(
  projects: readonly Project[],
  argument: unknown,
  placeHolder: string,
): Promise<Project | undefined> {
  const named = agentOf(projects, argument);
  if (named !== undefined) return named;
  if (projects.length === 0) {
    void showInformation(
      l10n.t('There is no agent in this workspace: open a folder that holds a runagent.config.json.'),
    );
  }
  if (projects.length < 2) return projects[0];
  const active = vscode.window.activeTextEditor?.document.uri.toString();
  const items = agentsInOrder(projects, active).map((project) => ({
    label: project.name,
    description: vscode.workspace.asRelativePath(vscode.Uri.parse(project.configUri)),
    project,
  }));
  return (await showQuickPick(items, { placeHolder, matchOnDescription: true }))?.project;
}
