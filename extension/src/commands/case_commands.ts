import * as vscode from 'vscode';
import type { AgentServer } from '../server/agent_server';
import { TestExplorer } from '../views/test_explorer';
import { registerCaseFileCommands } from './case_files';

export interface CaseParts {
  readonly server: () => Promise<AgentServer>;
  readonly log: vscode.LogOutputChannel;
}

/** Saved cases: the test explorer, and the commands that write and open them. */
export class CaseCommands implements vscode.Disposable {
  readonly explorer: TestExplorer;
  readonly #registrations: vscode.Disposable;

  constructor({ server, log }: CaseParts) {
    this.explorer = new TestExplorer(server, (error) =>
      log.warn(`The saved cases could not be listed: ${error}`),
    );
    this.#registrations = vscode.Disposable.from(this.explorer, registerCaseFileCommands(server));
  }

  dispose(): void {
    this.#registrations.dispose();
  }
}
