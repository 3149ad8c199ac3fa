import * as vscode from 'vscode';
import type { Run, RunRequest } from '../runs/run';
import type { RunError } from '../server/protocol.generated';

export interface RunAgainWays {
  again(changes?: Partial<RunRequest>): void;
  editInputs(): void;
  showLogs(): void;
}

/** Does what the button beside an error promises. */
export function performErrorAction(
  action: NonNullable<RunError['action']>,
  run: Run,
  ways: RunAgainWays,
): void {
  switch (action) {
    case 'run-as-stream':
      ways.again({ kind: 'stream' });
      break;
    case 'run-as-call':
      ways.again({ kind: 'run' });
      break;
    case 'run-again':
      ways.again();
      break;
    case 'send-anyway':
      ways.again({ validate: false });
      break;
    case 'edit-inputs':
      ways.editInputs();
      break;
    case 'show-serve-command':
      typeServeCommand(run);
      break;
    case 'change-target':
      openSettings('runagent.target');
      break;
    case 'change-timeout':
      openSettings('runagent.timeouts');
      break;
    case 'set-api-key':
      void vscode.commands.executeCommand('runagent.setApiKey');
      break;
    case 'show-logs':
      ways.showLogs();
      break;
    case 'show-problems':
      void vscode.commands.executeCommand('workbench.actions.view.problems');
      break;
  }
}

/** Types the command into a terminal in the agent's folder; pressing Enter is left to the user. */
function typeServeCommand(run: Run): void {
  const cwd = vscode.Uri.joinPath(vscode.Uri.parse(run.request.configUri), '..');
  const terminal = vscode.window.createTerminal({ name: `runagent serve`, cwd });
  terminal.show();
  terminal.sendText('runagent serve .', false);
}

function openSettings(query: string): void {
  void vscode.commands.executeCommand('workbench.action.openSettings', query);
}
