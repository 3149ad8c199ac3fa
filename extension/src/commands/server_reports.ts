import { l10n } from 'vscode';
import type { StopCause } from '../server/controller';
import { commandButton, settingsButton, showError, showWarning } from './notify';

/** Tells the user why the server is not there, with what can be done. Crashes are told by `reportCrash`. */
export function reportStop(cause: StopCause, message: string): void {
  if (cause === 'no-python') {
    void showError(
      message,
      commandButton(l10n.t('Select Interpreter'), 'runagent.selectInterpreter'),
      settingsButton('runagent.interpreter'),
    );
  } else if (cause === 'start-failed') {
    void showError(message, restartButton(), logsButton());
  }
}

export function reportCrash(message: string, willRestart: boolean): void {
  if (willRestart) void showWarning(message, logsButton());
  else void showError(message, restartButton(), logsButton());
}

export function restartButton() {
  return commandButton(l10n.t('Restart Server'), 'runagent.restart');
}

export function logsButton() {
  return commandButton(l10n.t('Show Logs'), 'runagent.showLogs');
}
