import * as vscode from 'vscode';
import { serveOptions } from '../python/agent_interpreter';
import type { AgentServer } from '../server/agent_server';
import { allGood, verifyText } from '../serving/verify_text';
import type { TextDocuments } from '../views/text_documents';
import { pickAgent } from './agent_pick';
import { mayRun, serverWithProgress } from './entrypoint_pick';
import { showInformation } from './notify';
import { reportFailure } from './server_reports';

const { l10n } = vscode;

/** Verify Entrypoints: imports them in the agent's own Python and tells what it saw. */
export function registerVerifyCommands(
  server: () => Promise<AgentServer>,
  documents: TextDocuments,
): vscode.Disposable {
  return vscode.commands.registerCommand('runagent.verify', async (argument: unknown) => {
    if (!mayRun()) return;
    try {
      await verify(await serverWithProgress(server), documents, argument);
    } catch (error) {
      reportFailure(error);
    }
  });
}

async function verify(server: AgentServer, documents: TextDocuments, argument: unknown): Promise<void> {
  const { projects } = await server.request('runagent/projects', {});
  const project = await pickAgent(projects, argument, l10n.t('Agent to verify'));
  if (project === undefined) return;
  const { configUri, name } = project;
  const how = await serveOptions(configUri);
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: l10n.t('Importing the entrypoints of {0}', name),
  };
  const result = await vscode.window.withProgress(options, () =>
    server.request('runagent/verify', { configUri, ...how }),
  );
  const show = () =>
    documents.show({
      key: `verify ${configUri}`,
      name: `${l10n.t('{0} verification', name)}.txt`,
      text: verifyText(name, result, l10n.t),
    });
  if (!allGood(result)) await show();
  else {
    const all = l10n.t('All entrypoints of {0} can be called: {1}.', name, result.entrypoints.length);
    void showInformation(all, { label: l10n.t('Show'), run: show });
  }
}
