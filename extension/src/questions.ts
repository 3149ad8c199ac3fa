import * as vscode from 'vscode';

let open = 0;

/** Whether a question of ours waits for its answer. Whatever takes the keyboard then would close it. */
export function isAsking(): boolean {
  return open > 0;
}

/** Waits for the answer to a question that is on the screen. */
export async function asked<T>(answer: PromiseLike<T>): Promise<T> {
  open += 1;
  try {
    return await answer;
  } finally {
    open -= 1;
  }
}

type Items<T> = readonly T[] | Thenable<readonly T[]>;

/** `vscode.window.showQuickPick`, of which it is known that it is open. */
export function showQuickPick<T extends vscode.QuickPickItem>(
  items: Items<T>,
  options: vscode.QuickPickOptions & { readonly canPickMany: true },
): Promise<T[] | undefined>;
export function showQuickPick<T extends vscode.QuickPickItem>(
  items: Items<T>,
  options?: vscode.QuickPickOptions,
): Promise<T | undefined>;
export function showQuickPick(
  items: Items<vscode.QuickPickItem>,
  options?: vscode.QuickPickOptions,
): Promise<unknown> {
  return asked(vscode.window.showQuickPick(items, options));
}

/** `vscode.window.showInputBox`, of which it is known that it is open. */
export function showInputBox(options: vscode.InputBoxOptions): Promise<string | undefined> {
  return asked(vscode.window.showInputBox(options));
}
