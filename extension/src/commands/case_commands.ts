import type * as vscode from 'vscode';
import type { AgentServer } from '../server/agent_server';
import { TestExplorer } from '../views/test_explorer';

export interface CaseParts {
  readonly server: () => Promise<AgentServer>;
  readonly log: vscode.LogOutputChannel;
}

/** Saved cases: the test explorer. */
export class CaseCommands implements vscode.Disposable {
  readonly explorer: TestExplorer;

  constructor({ server, log }: CaseParts) {
    this.explorer = new TestExplorer(server, (error) =>
      log.warn(`The saved cases could not be listed: ${error}`),
    );
  }

  dispose(): void {
    this.explorer.dispose();
  }
}
