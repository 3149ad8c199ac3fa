import * as vscode from 'vscode';
import { environmentsRung, pythonExtensionRung } from './extension_rungs';
import type { Rung } from './ladder';
import { expandSetting, pathRung, pythonsOnPath, settingRung, workspaceEnvironmentRung } from './local_rungs';

/**
 * Where a Python for the server is looked for, best place first. In a workspace that is not trusted only the user's
 * own setting (VS Code hides the workspace's then) and Pythons outside the workspace are used.
 */
export function interpreterRungs(): Rung[] {
  const { t } = vscode.l10n;
  const folders = localFolders();
  const first = vscode.workspace.workspaceFolders?.[0]?.uri;
  const trusted = vscode.workspace.isTrusted;
  const onPath = () => pythonsOnPath(process.env['PATH'] ?? '', trusted ? [] : folders);
  const setting = expandSetting(interpreterSetting(), folders[0], process.env);
  const fromWorkspace = [
    environmentsRung(first),
    pythonExtensionRung(first),
    workspaceEnvironmentRung(folders, t),
  ];
  return [settingRung(setting, onPath, t), ...(trusted ? fromWorkspace : []), pathRung(onPath, t)];
}

function interpreterSetting(): string {
  const value: unknown = vscode.workspace.getConfiguration('runagent').get('interpreter');
  return typeof value === 'string' ? value : '';
}

function localFolders(): string[] {
  return (vscode.workspace.workspaceFolders ?? [])
    .filter((folder) => folder.uri.scheme === 'file')
    .map((folder) => folder.uri.fsPath);
}
