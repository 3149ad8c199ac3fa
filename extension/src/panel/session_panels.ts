import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { oneLine } from '../history/run_item';
import { isAsking } from '../questions';
import { readSessionState, type SessionPageState } from '../sessions/messages';
import { SessionView, type SessionViewWays } from '../sessions/session_view';
import { pageHtml } from './html';
import { outputWords } from './output_words';
import { sessionWords } from './session_words';

const SESSION_PANEL = 'runagent.session';
const TITLE_LENGTH = 30;

/** What the pages ask for. */
export type SessionPanelWays = Pick<
  SessionViewWays,
  'server' | 'cannotResume' | 'resume' | 'copy' | 'openLink' | 'openEvents'
>;

/**
 * The open panels of sessions. An agent has one, which shows the session that was chosen last, unless a session is
 * wanted beside another.
 */
export class SessionPanels implements vscode.Disposable, vscode.WebviewPanelSerializer {
  /** The one that had the keyboard last is the last. */
  readonly #panels = new Map<vscode.WebviewPanel, SessionView>();
  readonly #serializer = vscode.window.registerWebviewPanelSerializer(SESSION_PANEL, this);

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly ways: SessionPanelWays,
  ) {}

  /** Opens or reuses the agent's panel; `isBeside`: opens another one, unless the session has one. */
  async show(shown: SessionPageState, isBeside = false): Promise<void> {
    const open = this.#panelFor(shown, isBeside);
    if (open !== undefined) {
      const [panel, view] = open;
      panel.reveal(undefined, isAsking());
      await view.show(shown);
      return;
    }
    const viewColumn = isBeside ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active;
    const place = { viewColumn, preserveFocus: isAsking() };
    const panel = vscode.window.createWebviewPanel(SESSION_PANEL, shown.session, place, {
      enableFindWidget: true,
    });
    await this.#add(panel, shown);
  }

  /** The sessions of an agent have changed. */
  changed(configUri: string): void {
    for (const [panel, view] of this.#panels) {
      if (panel.visible && view.configUri === configUri) view.changed();
    }
  }

  /** A session is gone, and so is its page. */
  close(gone: Omit<SessionPageState, 'step'>): void {
    for (const [panel, view] of [...this.#panels]) if (view.shows(gone)) panel.dispose();
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel, data: unknown): Promise<void> {
    const state = readSessionState(data);
    if (state === undefined) panel.dispose();
    else void this.#add(panel, state);
  }

  dispose(): void {
    this.#serializer.dispose();
    for (const panel of [...this.#panels.keys()]) panel.dispose();
  }

  #panelFor(shown: SessionPageState, isBeside: boolean): [vscode.WebviewPanel, SessionView] | undefined {
    const ofAgent = [...this.#panels].filter(([, view]) => view.configUri === shown.configUri).toReversed();
    const ofSession = ofAgent.find(([, view]) => view.shows(shown));
    return ofSession ?? (isBeside ? undefined : ofAgent[0]);
  }

  async #add(panel: vscode.WebviewPanel, shown: SessionPageState): Promise<void> {
    const { webview } = panel;
    const view = new SessionView(shown, {
      ...this.ways,
      words: () => ({ words: sessionWords(), outputWords: outputWords() }),
      post: (message) => void webview.postMessage(message),
      titled: (title) => {
        panel.title = oneLine(title, TITLE_LENGTH);
      },
    });
    this.#panels.set(panel, view);
    webview.onDidReceiveMessage((data) => view.received(data));
    panel.onDidChangeViewState(() => {
      if (panel.active) {
        this.#panels.delete(panel);
        this.#panels.set(panel, view);
      }
      if (panel.visible) void view.refresh();
      else view.pageIsGone();
    });
    panel.onDidDispose(() => {
      view.pageIsGone();
      this.#panels.delete(panel);
    });
    this.#draw(panel, shown.session);
    await view.refresh();
  }

  #draw(panel: vscode.WebviewPanel, title: string): void {
    const dist = vscode.Uri.joinPath(this.extensionUri, 'dist');
    const { webview } = panel;
    const uriOf = (file: string) => webview.asWebviewUri(vscode.Uri.joinPath(dist, file)).toString();
    webview.options = { enableScripts: true, enableCommandUris: false, localResourceRoots: [dist] };
    const media = vscode.Uri.joinPath(this.extensionUri, 'media');
    panel.iconPath = {
      light: vscode.Uri.joinPath(media, 'run-panel-light.svg'),
      dark: vscode.Uri.joinPath(media, 'run-panel-dark.svg'),
    };
    webview.html = pageHtml({
      cspSource: webview.cspSource,
      nonce: randomBytes(24).toString('base64'),
      scriptUri: uriOf('session_page.js'),
      styleUri: uriOf('run_page.style.css'),
      iconsUri: uriOf('codicon.css'),
      title,
      language: vscode.env.language,
    });
  }
}
