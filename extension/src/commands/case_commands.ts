import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { CaseRuns } from '../cases/case_runs';
import { serveOptions } from '../python/agent_interpreter';
import type { AgentServer } from '../server/agent_server';
import { TestExplorer } from '../views/test_explorer';
import { addTestProfiles } from '../views/test_profiles';
import { type CaseDebugger, TestRuns } from '../views/test_runs';
import { registerCaseFileCommands } from './case_files';

export interface CaseParts {
  readonly server: () => Promise<AgentServer>;
  readonly log: vscode.LogOutputChannel;
}

/** Saved cases: the test explorer, and the commands that write and open them. */
export class CaseCommands implements vscode.Disposable {
  readonly runs: CaseRuns;
  readonly explorer: TestExplorer;
  readonly #registrations: vscode.Disposable[];

  constructor({ server, log }: CaseParts) {
    const newRunId = randomUUID;
    this.runs = new CaseRuns({ server, serveOptions, newRunId, translate: vscode.l10n.t });
    this.explorer = new TestExplorer(server, (error) =>
      log.warn(`The saved cases could not be listed: ${error}`),
    );
    this.#registrations = [this.explorer, registerCaseFileCommands(server)];
  }

  /** Adds the ways to run cases. In Restricted Mode they can be looked at, and nothing is there to run them with. */
  runWith(debugging: CaseDebugger): void {
    const add = () => {
      const profiles = addTestProfiles(this.explorer, new TestRuns(this.explorer, this.runs), debugging);
      this.#registrations.push(profiles);
    };
    if (vscode.workspace.isTrusted) add();
    else this.#registrations.push(vscode.workspace.onDidGrantWorkspaceTrust(add));
  }

  dispose(): void {
    for (const registration of this.#registrations) registration.dispose();
  }
}
