import * as vscode from 'vscode';
import type { ServeOptions } from '../server/protocol.generated';
import { environmentsRung, pythonExtensionRung } from './extension_rungs';
import { firstCandidate } from './first_candidate';
import { expandSetting, pythonsOnPath, settingRung } from './local_rungs';

/**
 * The Python that runs an agent: the setting, then what is chosen for the agent's folder in one of the Python
 * extensions. Undefined: the language server takes the nearest virtual environment, then the PATH.
 */
export function agentInterpreter(configUri: string): Promise<string | undefined> {
  const config = vscode.Uri.parse(configUri);
  const folder = vscode.workspace.getWorkspaceFolder(config)?.uri;
  const value: unknown = vscode.workspace.getConfiguration('runagent', config).get('serve.interpreter');
  const setting = typeof value === 'string' ? expandSetting(value, folder?.fsPath, process.env) : '';
  const onPath = () => pythonsOnPath(process.env['PATH'] ?? '', []);
  return firstCandidate([
    settingRung(setting, onPath, vscode.l10n.t),
    environmentsRung(config),
    pythonExtensionRung(config),
  ]);
}

/** How an agent is served when a call needs it and nobody serves it. */
export async function serveOptions(configUri: string): Promise<ServeOptions> {
  const interpreter = await agentInterpreter(configUri);
  return interpreter === undefined ? {} : { interpreter };
}
