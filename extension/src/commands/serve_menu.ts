import * as vscode from 'vscode';
import { showQuickPick } from '../questions';
import { placeOfFailure } from '../runs/frames';
import type { AgentServer } from '../server/agent_server';
import type { Project } from '../server/protocol.generated';
import { type MenuAction, menuRows } from '../serving/menu';
import { pickAgent } from './agent_pick';
import { serverWithProgress } from './entrypoint_pick';
import { openPlace } from './open_place';
import { reportFailure } from './server_reports';
import type { Serving } from './serving';

const { l10n } = vscode;

/** What the item in the status bar opens: all that can be done with an agent in its present state. */
export function registerServeMenu(server: () => Promise<AgentServer>, serving: Serving): vscode.Disposable {
  return vscode.commands.registerCommand('runagent.serve.menu', async (argument: unknown) => {
    try {
      const { projects } = await (await serverWithProgress(server)).request('runagent/projects', {});
      const project = await pickAgent(projects, argument, l10n.t('Agent'));
      if (project !== undefined) await choose(serving, project);
    } catch (error) {
      reportFailure(error);
    }
  });
}

async function choose(serving: Serving, { configUri, name }: Project): Promise<void> {
  const rows = menuRows(serving.served.get(configUri), vscode.workspace.isTrusted, l10n.t);
  const options = { title: l10n.t('Agent {0}', name), placeHolder: l10n.t('What to do') };
  const chosen = await showQuickPick(rows, options);
  if (chosen !== undefined) await perform(chosen.action, serving, configUri);
}

const COMMANDS: Readonly<Partial<Record<MenuAction, string>>> = {
  start: 'runagent.serve.start',
  stop: 'runagent.serve.stop',
  restart: 'runagent.serve.restart',
  debug: 'runagent.debug',
  verify: 'runagent.verify',
  showLog: 'runagent.serve.showLog',
  manageTrust: 'workbench.trust.manage',
};

async function perform(action: MenuAction, serving: Serving, configUri: string): Promise<void> {
  const served = serving.served.get(configUri);
  const command = COMMANDS[action];
  if (command !== undefined) {
    await vscode.commands.executeCommand(command, { configUri });
  } else if (action === 'startRegistered') {
    await vscode.commands.executeCommand('runagent.serve.start', { configUri, register: true });
  } else if (action === 'showFailure') {
    await openPlace(served?.status.failure && placeOfFailure(served.status.failure));
  } else if (action === 'copyAddress' && served?.status.address !== undefined) {
    await vscode.env.clipboard.writeText(`http://${served.status.address}`);
    void vscode.window.setStatusBarMessage(l10n.t('The address is copied.'), 5000);
  } else if (action === 'install' && served?.requirements) {
    await serving.requirements.install(configUri, serving.nameOf(configUri), served.requirements);
  }
}
