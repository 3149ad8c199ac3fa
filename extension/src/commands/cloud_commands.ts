import * as vscode from 'vscode';
import type { AgentServer } from '../server/agent_server';
import type { CloudGate } from './cloud_gate';
import { mayRun, pickEntrypoint, serverWithProgress } from './entrypoint_pick';
import type { RunStarter } from './run_starter';
import { reportFailure } from './server_reports';

const { l10n } = vscode;

export interface CloudParts {
  readonly server: () => Promise<AgentServer>;
  readonly starter: RunStarter;
  readonly gate: CloudGate;
}

/** Run in the Cloud: nothing else sends a run there. */
export function registerCloudCommands(parts: CloudParts): vscode.Disposable {
  return vscode.commands.registerCommand('runagent.runInCloud', (file: unknown) => runInCloud(parts, file));
}

async function runInCloud({ server, starter, gate }: CloudParts, file: unknown): Promise<void> {
  if (!mayRun()) return;
  try {
    const ready = await serverWithProgress(server);
    const { projects } = await ready.request('runagent/projects', {});
    const wanted = file instanceof vscode.Uri ? { fileUri: file.toString() } : {};
    const chosen = await pickEntrypoint(projects, l10n.t('Entrypoint to run in the cloud'), wanted);
    if (chosen === undefined || !(await gate.opensWithKey(chosen.configUri))) return;
    const { configUri, tag, project, streams } = chosen;
    await starter.ask({ configUri, tag, project, kind: streams ? 'stream' : 'run', cloud: true });
  } catch (error) {
    reportFailure(error);
  }
}
