import { l10n } from 'vscode';
import { messageOf, type StopCause } from '../server/controller';
import { ServerStoppedError } from '../server/server_access';
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

/** Tells why a command could not do its work, with what would help in this case. */
export function reportFailure(error: unknown): void {
  const message = messageOf(error);
  if (!(error instanceof ServerStoppedError)) void showError(message, logsButton());
  else if (error.reason === 'no-python') reportStop(error.reason, message);
  else void showError(message, restartButton(), logsButton());
}

function restartButton() {
  return commandButton(l10n.t('Restart Language Server'), 'runagent.restart');
}

function logsButton() {
  return commandButton(l10n.t('Show Logs'), 'runagent.showLogs');
}
