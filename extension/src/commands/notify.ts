import * as vscode from 'vscode';

/** A button of a message and what it does. */
export interface MessageButton {
  readonly label: string;
  readonly run: () => unknown;
}

type Show = (message: string, ...labels: string[]) => Thenable<string | undefined>;

async function withButtons(show: Show, message: string, buttons: readonly MessageButton[]): Promise<void> {
  const pressed = await show(message, ...buttons.map(({ label }) => label));
  await buttons.find(({ label }) => label === pressed)?.run();
}

export function showError(message: string, ...buttons: MessageButton[]): Promise<void> {
  return withButtons(vscode.window.showErrorMessage, message, buttons);
}

export function showWarning(message: string, ...buttons: MessageButton[]): Promise<void> {
  return withButtons(vscode.window.showWarningMessage, message, buttons);
}

export function showInformation(message: string, ...buttons: MessageButton[]): Promise<void> {
  return withButtons(vscode.window.showInformationMessage, message, buttons);
}

/** A button that runs a command. */
export function commandButton(label: string, command: string, ...values: unknown[]): MessageButton {
  return { label, run: () => vscode.commands.executeCommand(command, ...values) };
}

export function settingsButton(setting: string): MessageButton {
  return commandButton(vscode.l10n.t('Open Settings'), 'workbench.action.openSettings', setting);
}
