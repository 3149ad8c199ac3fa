import * as vscode from 'vscode';
import type { ApiKey } from '../cloud/api_key';
import type { AgentServer } from '../server/agent_server';
import { askForKey } from './api_key_commands';
import type { CloudGate } from './cloud_gate';
import { mayRun, pickEntrypoint, serverWithProgress } from './entrypoint_pick';
import type { RunStarter } from './run_starter';
import { reportFailure } from './server_reports';

const { l10n } = vscode;

export interface CloudParts {
  readonly server: () => Promise<AgentServer>;
  readonly starter: RunStarter;
  readonly gate: CloudGate;
  readonly apiKey: ApiKey;
}

/** Run in the Cloud: nothing else sends a run there. */
export function registerCloudCommands(parts: CloudParts): vscode.Disposable {
  return vscode.commands.registerCommand('runagent.runInCloud', (file: unknown) => runInCloud(parts, file));
}

async function runInCloud({ server, starter, gate, apiKey }: CloudParts, file: unknown): Promise<void> {
  if (!mayRun()) return;
  try {
    const ready = await serverWithProgress(server);
    const { projects } = await ready.request('runagent/projects', {});
    const wanted = file instanceof vscode.Uri ? { fileUri: file.toString() } : {};
    const chosen = await pickEntrypoint(projects, l10n.t('Entrypoint to run in the cloud'), wanted);
    if (chosen === undefined || !(await gate.opens(chosen.configUri))) return;
    const { configUri, tag, project, streams } = chosen;
    const { hasKey } = await ready.request('runagent/cloud', { configUri });
    if (!hasKey && !(await askForKey(apiKey))) return;
    await starter.ask({ configUri, tag, project, kind: streams ? 'stream' : 'run', cloud: true });
  } catch (error) {
    reportFailure(error);
  }
}
