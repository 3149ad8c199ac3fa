import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { oneLine } from '../history/run_item';
import { isAsking } from '../questions';
import type { Run } from '../runs/run';
import { sameEntrypoint } from '../runs/runs';
import type { RunEvent } from '../runs/view_model';
import { pageHtml } from './html';
import type { Entrypoint, Opening } from './opening';
import { type PageState, readPageState } from './page_state';
import { RunView, type RunViewListener } from './run_view';
import { allWords } from './words';

const RUN_PANEL = 'runagent.run';
/** A longer name leaves the tabs beside it no room; the page has all of it. */
const TITLE_LENGTH = 40;

export interface RunPanelParts {
  readonly extensionUri: vscode.Uri;
  readonly listener: RunViewListener;
  /** Finds out what the view cannot know: called when it appears and whenever it is looked at again. */
  refresh(view: RunView): void;
  /** The window was opened again with this page in it. */
  restored(view: RunView, state: PageState): void;
  /** Another view is in front, or none, or what can be done with it has changed. */
  activeChanged(view: RunView | undefined): void;
}

/** The open run panels: one for each entrypoint, with its form and its latest run. */
export class RunPanels implements vscode.Disposable, vscode.WebviewPanelSerializer {
  readonly #panels = new Set<RunPanel>();
  readonly #serializer = vscode.window.registerWebviewPanelSerializer(RUN_PANEL, this);
  #active: RunView | undefined;

  constructor(private readonly parts: RunPanelParts) {}

  /** The view that has the keyboard or had it last in its group. */
  get active(): RunView | undefined {
    return this.#active;
  }

  get views(): RunView[] {
    return [...this.#panels].map(({ view }) => view);
  }

  /** The view of an entrypoint, if its panel is open. */
  viewOf(entrypoint: Pick<Entrypoint, 'configUri' | 'tag'>): RunView | undefined {
    return this.#panelOf(entrypoint)?.view;
  }

  /**
   * Opens or reuses the entrypoint's panel beside the editor and puts the keyboard into its form, unless a question
   * waits for its answer.
   */
  open(opening: Opening): void {
    const panel = this.#panelOf(opening.entrypoint) ?? this.#create(opening.entrypoint, isAsking());
    panel.view.open(opening);
    panel.reveal(isAsking());
    this.parts.refresh(panel.view);
  }

  /** Opens or reuses the entrypoint's panel beside the editor, without taking the keyboard from it. */
  show(run: Run): void {
    const panel = this.#panelOf(run.request) ?? this.#create(run.request, true);
    panel.view.show(run);
    panel.reveal(true);
    this.parts.refresh(panel.view);
  }

  changed(run: Run, event: RunEvent): void {
    for (const { view } of this.#panels) if (view.run === run) view.changed(event);
    if (this.#active?.run === run && event.type !== 'output') this.parts.activeChanged(this.#active);
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel, data: unknown): Promise<void> {
    const state = readPageState(data);
    if (state === undefined || this.#panelOf(state) !== undefined) {
      panel.dispose();
      return;
    }
    const { view } = this.#add(state, panel);
    view.restore(state);
    this.parts.restored(view, state);
  }

  dispose(): void {
    this.#serializer.dispose();
    for (const panel of this.#panels) panel.dispose();
  }

  #panelOf(entrypoint: Pick<Entrypoint, 'configUri' | 'tag'>): RunPanel | undefined {
    return [...this.#panels].find(({ view }) => sameEntrypoint(view.entrypoint, entrypoint));
  }

  #create(entrypoint: Entrypoint, preserveFocus: boolean): RunPanel {
    const viewColumn = [...this.#panels][0]?.column ?? vscode.ViewColumn.Beside;
    const place = { viewColumn, preserveFocus };
    const title = oneLine(entrypoint.tag, TITLE_LENGTH);
    const panel = vscode.window.createWebviewPanel(RUN_PANEL, title, place, {
      enableFindWidget: true,
    });
    return this.#add(entrypoint, panel);
  }

  #add(entrypoint: Entrypoint, webviewPanel: vscode.WebviewPanel): RunPanel {
    const { extensionUri, listener } = this.parts;
    const panel = new RunPanel(extensionUri, listener, entrypoint, webviewPanel);
    this.#panels.add(panel);
    webviewPanel.onDidDispose(() => {
      this.#panels.delete(panel);
      this.#setActive(panel.view, false);
    });
    webviewPanel.onDidChangeViewState(() => {
      this.#setActive(panel.view, webviewPanel.active);
      if (webviewPanel.visible) this.parts.refresh(panel.view);
    });
    this.#setActive(panel.view, webviewPanel.active);
    return panel;
  }

  #setActive(view: RunView, active: boolean): void {
    if (!active && this.#active !== view) return;
    this.#active = active ? view : undefined;
    this.parts.activeChanged(this.#active);
  }
}

class RunPanel {
  readonly view: RunView;

  constructor(
    extensionUri: vscode.Uri,
    listener: RunViewListener,
    entrypoint: Entrypoint,
    private readonly panel: vscode.WebviewPanel,
  ) {
    const dist = vscode.Uri.joinPath(extensionUri, 'dist');
    const { webview } = panel;
    webview.options = { enableScripts: true, enableCommandUris: false, localResourceRoots: [dist] };
    const media = vscode.Uri.joinPath(extensionUri, 'media');
    panel.iconPath = {
      light: vscode.Uri.joinPath(media, 'run-panel-light.svg'),
      dark: vscode.Uri.joinPath(media, 'run-panel-dark.svg'),
    };
    this.view = new RunView(entrypoint, {
      listener,
      words: allWords,
      isAsking,
      post: (message) => void webview.postMessage(message),
    });
    webview.onDidReceiveMessage((data) => this.view.received(data));
    panel.onDidChangeViewState(() => {
      if (!panel.visible) this.view.pageIsGone();
    });
    panel.onDidDispose(() => this.view.pageIsGone());
    webview.html = pageHtml({
      cspSource: webview.cspSource,
      nonce: randomBytes(24).toString('base64'),
      scriptUri: webview.asWebviewUri(vscode.Uri.joinPath(dist, 'run_page.js')).toString(),
      styleUri: webview.asWebviewUri(vscode.Uri.joinPath(dist, 'run_page.style.css')).toString(),
      iconsUri: webview.asWebviewUri(vscode.Uri.joinPath(dist, 'codicon.css')).toString(),
      title: entrypoint.tag,
      language: vscode.env.language,
    });
  }

  get column(): vscode.ViewColumn | undefined {
    return this.panel.viewColumn;
  }

  reveal(preserveFocus: boolean): void {
    this.panel.reveal(undefined, preserveFocus);
  }

  dispose(): void {
    this.panel.dispose();
  }
}
