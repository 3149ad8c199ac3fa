import * as vscode from 'vscode';
import { Batches } from '../batch/batches';
import type { ApiKey } from '../cloud/api_key';
import type { Run } from '../runs/run';
import type { Runs } from '../runs/runs';
import type { RunEvent } from '../runs/view_model';
import type { AgentServer } from '../server/agent_server';
import type { Project } from '../server/protocol.generated';
import { Container } from '../views/container';
import { TextDocuments } from '../views/text_documents';
import { registerAgentsViewCommands } from './agents_view_commands';
import { registerBatchCommands } from './batch_commands';
import { CaseCommands } from './case_commands';
import { registerClientCodeCommands } from './client_code_commands';
import { registerCloudCommands } from './cloud_commands';
import { CloudGate } from './cloud_gate';
import { DebugCommands } from './debug_commands';
import { registerHistoryCommands } from './history_commands';
import { registerMetricsCommands } from './metrics_commands';
import { RunCommands } from './run_commands';
import { registerServeCommands } from './serve_commands';
import { registerServeMenu } from './serve_menu';
import { Serving } from './serving';
import { SessionCommands } from './session_commands';
import { registerVerifyCommands } from './verify_commands';

/** Every command that serves or calls an agent, or looks at calls. */
export class CallingCommands implements vscode.Disposable {
  readonly run: RunCommands;
  readonly serving: Serving;
  readonly batches = new Batches();
  readonly cases: CaseCommands;
  readonly container: Container;
  readonly sessions: SessionCommands;
  readonly #registrations: vscode.Disposable;

  constructor(
    context: vscode.ExtensionContext,
    server: () => Promise<AgentServer>,
    apiKey: ApiKey,
    runs: Runs,
    log: vscode.LogOutputChannel,
  ) {
    const documents = new TextDocuments();
    const gate = new CloudGate(context.workspaceState, server, apiKey);
    this.cases = new CaseCommands({ server, log });
    const { cases } = this;
    this.serving = new Serving((runId) => runs.tagOf(runId) ?? cases.runs.tagOf(runId));
    const { serving } = this;
    this.run = new RunCommands(context, { server, runs, documents, gate, serving });
    const { starter } = this.run;
    this.container = new Container(server, serving, log);
    const { extensionUri } = context;
    const { panels } = this.run;
    this.sessions = new SessionCommands({
      extensionUri,
      server,
      starter,
      panels,
      sessions: this.container.sessions,
      documents,
    });
    const debugging = new DebugCommands({ server, serving, starter, callers: [runs, cases.runs] });
    cases.runWith(debugging);
    this.#registrations = vscode.Disposable.from(
      documents,
      this.container,
      this.sessions,
      this.run,
      serving,
      registerServeCommands({ server, serving }),
      registerServeMenu(server, serving),
      registerVerifyCommands(server, documents),
      debugging,
      cases,
      registerCloudCommands({ server, starter, gate }),
      registerHistoryCommands({ server, starter, runs, documents, view: this.container.runs }),
      registerAgentsViewCommands(server),
      registerBatchCommands({ server, batches: this.batches, documents, gate }),
      registerClientCodeCommands(server),
      registerMetricsCommands(server, documents),
    );
  }

  projectsChanged(projects: readonly Project[]): void {
    this.serving.projectsChanged(projects);
    this.container.projectsChanged(projects);
    void this.cases.explorer.refresh();
    this.run.refresh();
  }

  runChanged(run: Run, event: RunEvent): void {
    this.sessions.runChanged(run, event);
    this.run.panels.changed(run, event);
    if (event.type === 'finished') this.container.runEnded();
  }

  dispose(): void {
    this.#registrations.dispose();
  }
}
