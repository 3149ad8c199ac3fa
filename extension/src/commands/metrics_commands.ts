import * as vscode from 'vscode';
import type { AgentServer } from '../server/agent_server';
import { metricsText } from '../views/metrics_text';
import type { TextDocuments } from '../views/text_documents';
import { serverWithProgress } from './entrypoint_pick';
import { reportFailure } from './server_reports';

const { l10n } = vscode;

/** Show Call Metrics. Asked again, the same document shows the counts of then. */
export function registerMetricsCommands(
  server: () => Promise<AgentServer>,
  documents: TextDocuments,
): vscode.Disposable {
  return vscode.commands.registerCommand('runagent.showMetrics', async () => {
    try {
      const ready = await serverWithProgress(server);
      const text = metricsText(await ready.request('runagent/metrics', {}), l10n.t);
      await documents.show({ key: 'metrics', name: `${l10n.t('RunAgent call metrics')}.txt`, text });
    } catch (error) {
      reportFailure(error);
    }
  });
}
