import * as vscode from 'vscode';
import type { TreeRow } from './tree_row';

const EXPANDS = {
  no: vscode.TreeItemCollapsibleState.None,
  closed: vscode.TreeItemCollapsibleState.Collapsed,
  open: vscode.TreeItemCollapsibleState.Expanded,
} as const;

/** A row as VS Code's own item. */
export function treeItem(row: TreeRow): vscode.TreeItem {
  const item = new vscode.TreeItem(row.label, EXPANDS[row.expands]);
  const { id, color } = row.icon;
  item.id = row.id;
  item.tooltip = row.tooltip;
  item.iconPath = new vscode.ThemeIcon(id, color === undefined ? undefined : new vscode.ThemeColor(color));
  item.contextValue = row.context;
  if (row.description !== undefined) item.description = row.description;
  item.accessibilityInformation = { label: [row.label, row.description].filter(Boolean).join(', ') };
  return item;
}
