import * as vscode from 'vscode';
import { oneLine } from '../history/run_item';
import type { RunPanels } from '../panel/run_panels';
import { SessionPanels } from '../panel/session_panels';
import { sessionWords } from '../panel/session_words';
import { showQuickPick } from '../questions';
import type { Run } from '../runs/run';
import type { RunEvent } from '../runs/view_model';
import type { AgentServer } from '../server/agent_server';
import type { SessionSummary } from '../server/protocol.generated';
import { placeOf, readSessionState, type SessionPageState } from '../sessions/messages';
import { RunSessions } from '../sessions/run_sessions';
import type { AgentSessions } from '../views/agent_sessions';
import { sessionRow } from '../views/sessions_tree';
import type { TextDocuments } from '../views/text_documents';
import { pickAgent } from './agent_pick';
import { mayRun } from './entrypoint_pick';
import { showInformation } from './notify';
import type { RunStarter } from './run_starter';
import { reportFailure } from './server_reports';
import { cannotResume, resumeSession } from './session_resume';

const { l10n } = vscode;

/** How long a message stays in the status bar: the view shows what has changed. */
const SAID_MS = 5000;

export interface SessionParts {
  readonly extensionUri: vscode.Uri;
  readonly server: () => Promise<AgentServer>;
  readonly starter: RunStarter;
  readonly panels: RunPanels;
  readonly sessions: AgentSessions;
  readonly documents: TextDocuments;
}

/** Sessions of the agent runtime: shown, resumed, deleted, and known by the runs that made them. */
export class SessionCommands implements vscode.Disposable {
  readonly #pages: SessionPanels;
  readonly #runs: RunSessions;
  readonly #registrations: vscode.Disposable;

  constructor(private readonly parts: SessionParts) {
    const { server, panels, sessions, documents } = parts;
    this.#runs = new RunSessions(server, (run) => {
      for (const view of panels.views) if (view.run === run) view.sessionChanged();
      void sessions.read(run.request.configUri);
    });
    this.#pages = new SessionPanels(parts.extensionUri, {
      server,
      cannotResume: async (configUri) => cannotResume(await server(), configUri),
      resume: (shown) => void this.#try((ready) => this.#resume(ready, shown)),
      copy: (text) => void vscode.env.clipboard.writeText(text),
      openLink: (url) => void vscode.env.openExternal(vscode.Uri.parse(url, true)),
      openEvents: (session, text) =>
        void documents.show({ key: `session:${session}`, name: `${session} events.jsonl`, text }),
    });
    this.#registrations = vscode.Disposable.from(
      this.#pages,
      sessions.onDidRead((configUri) => this.#pages.changed(configUri)),
      vscode.commands.registerCommand('runagent.sessions.show', (argument) =>
        this.#try((ready) => this.#show(ready, argument)),
      ),
      vscode.commands.registerCommand('runagent.sessions.showBeside', (argument) =>
        this.#try((ready) => this.#show(ready, argument, true)),
      ),
      vscode.commands.registerCommand('runagent.sessions.resume', (argument) =>
        this.#try((ready) => this.#resume(ready, readSessionState(argument))),
      ),
      vscode.commands.registerCommand('runagent.sessions.delete', (argument) =>
        this.#try((ready) => this.#delete(ready, readSessionState(argument))),
      ),
    );
  }

  dispose(): void {
    this.#registrations.dispose();
  }

  runChanged(run: Run, event: RunEvent): void {
    this.#runs.happened(run, event);
    if (event.type === 'finished') void this.parts.sessions.read(run.request.configUri);
  }

  /** The session of a row or of a page; from the palette one that is picked. */
  async #show(server: AgentServer, argument: unknown, isBeside = false): Promise<void> {
    const shown = readSessionState(argument) ?? (await this.#pick(server, argument));
    if (shown !== undefined) await this.#pages.show(shown, isBeside);
  }

  async #resume(server: AgentServer, shown: SessionPageState | undefined): Promise<void> {
    if (shown === undefined || !mayRun()) return;
    const { configUri, session, step } = shown;
    const { session: summary } = await server.request('runagent/sessions/get', placeOf(shown));
    const known = this.#runs.runOf(configUri, session);
    await resumeSession(server, this.parts.starter, { configUri, summary, step, known });
  }

  async #delete(server: AgentServer, shown: SessionPageState | undefined): Promise<void> {
    if (shown === undefined) return;
    const { configUri, session } = shown;
    const { session: summary } = await server.request('runagent/sessions/get', placeOf(shown));
    const yes = l10n.t('Delete');
    const answer = await vscode.window.showWarningMessage(
      l10n.t('Delete the session "{0}"?', titleOf(summary)),
      {
        modal: true,
        detail: l10n.t(
          'Its steps and its graph are gone for good. What the agent remembers beyond it stays.',
        ),
      },
      yes,
    );
    if (answer !== yes) return;
    const { store } = summary;
    await server.request('runagent/sessions/delete', { configUri, session, store });
    this.#pages.close({ configUri, session, store });
    vscode.window.setStatusBarMessage(l10n.t('The session is deleted.'), SAID_MS);
    await this.parts.sessions.read(configUri);
  }

  async #pick(server: AgentServer, argument: unknown): Promise<SessionPageState | undefined> {
    const { projects } = await server.request('runagent/projects', {});
    const agent = await pickAgent(projects, argument, l10n.t('Agent whose session is shown'));
    if (agent === undefined) return undefined;
    const { configUri } = agent;
    const { sessions } = await server.request('runagent/sessions', { configUri });
    if (sessions.length === 0) {
      void showInformation(
        l10n.t(
          '{0} keeps no sessions. An agent that uses the agent runtime keeps them with FileStore(".runagent/runtime").',
          agent.name,
        ),
      );
      return undefined;
    }
    const context = { words: sessionWords(), locale: vscode.env.language, now: Date.now() / 1000 };
    const items = sessions.map((summary) => {
      const { session, store } = summary;
      const { label, description = '' } = sessionRow(
        { kind: 'session', configUri, session, store, summary },
        context,
      );
      return { label, description, detail: session, session, store };
    });
    const options = { placeHolder: l10n.t('Session to show'), matchOnDescription: true, matchOnDetail: true };
    const chosen = await showQuickPick(items, options);
    if (chosen === undefined) return undefined;
    return { configUri, session: chosen.session, store: chosen.store, step: null };
  }

  async #try(act: (server: AgentServer) => Promise<void>): Promise<void> {
    try {
      await act(await this.parts.server());
    } catch (error) {
      reportFailure(error);
    }
  }
}

function titleOf({ input, session }: SessionSummary): string {
  const title = oneLine(input, 80);
  return title === '' ? session : title;
}
