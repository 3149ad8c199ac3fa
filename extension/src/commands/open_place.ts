import * as vscode from 'vscode';
import type { FilePlace } from '../runs/frames';
import { showWarning } from './notify';

/** Opens the place that a step of a traceback names, if its file belongs to this workspace. */
export async function openPlace(place: FilePlace | undefined): Promise<void> {
  const uri = place === undefined ? undefined : vscode.Uri.parse(place.uri, true);
  if (place === undefined || uri === undefined || vscode.workspace.getWorkspaceFolder(uri) === undefined) {
    void showWarning(vscode.l10n.t('This file does not belong to the workspace, so it is not opened.'));
    return;
  }
  try {
    const document = await vscode.workspace.openTextDocument(uri);
    const line = document.lineAt(Math.min(place.line, document.lineCount - 1));
    const selection = new vscode.Range(line.range.start, line.range.start);
    await vscode.window.showTextDocument(document, { selection, viewColumn: codeColumn() });
  } catch {
    void showWarning(vscode.l10n.t('{0} cannot be opened.', vscode.workspace.asRelativePath(uri)));
  }
}

/** Where code is shown: not over the run's view, which is beside it. */
function codeColumn(): vscode.ViewColumn {
  return vscode.window.visibleTextEditors[0]?.viewColumn ?? vscode.ViewColumn.One;
}
