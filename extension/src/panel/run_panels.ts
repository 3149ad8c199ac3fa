import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { Run } from '../runs/run';
import { sameEntrypoint } from '../runs/runs';
import type { RunEvent } from '../runs/view_model';
import type { EntrypointInfo } from '../server/protocol.generated';
import { pageHtml } from './html';
import { type Entrypoint, type Opening, RunView, type RunViewListener } from './run_view';
import { allWords } from './words';

const VIEW_TYPE = 'runagent.run';

export interface RunPanelParts {
  readonly extensionUri: vscode.Uri;
  readonly listener: RunViewListener;
  /** The signature and documentation of an entrypoint. */
  describe(entrypoint: Entrypoint): Promise<EntrypointInfo>;
}

/** The open run panels: one for each entrypoint, with its form and its latest run. */
export class RunPanels implements vscode.Disposable {
  readonly #panels = new Set<RunPanel>();

  constructor(private readonly parts: RunPanelParts) {}

  /** The view of an entrypoint, if its panel is open. */
  viewOf(entrypoint: Pick<Entrypoint, 'configUri' | 'tag'>): RunView | undefined {
    return this.#panelOf(entrypoint)?.view;
  }

  /** Opens or reuses the entrypoint's panel beside the editor and puts the keyboard into its form. */
  open(opening: Opening): void {
    const panel = this.#panelOf(opening.entrypoint) ?? this.#create(opening.entrypoint, false);
    panel.view.open(opening);
    panel.reveal(false);
  }

  /** Opens or reuses the entrypoint's panel beside the editor, without taking the keyboard from it. */
  show(run: Run): void {
    const open = this.#panelOf(run.request);
    const panel = open ?? this.#create(run.request, true);
    panel.view.show(run);
    panel.reveal(true);
    if (open === undefined) void this.#describe(panel);
  }

  changed(run: Run, event: RunEvent): void {
    for (const { view } of this.#panels) if (view.run === run) view.changed(event);
  }

  dispose(): void {
    for (const panel of this.#panels) panel.dispose();
  }

  #panelOf(entrypoint: Pick<Entrypoint, 'configUri' | 'tag'>): RunPanel | undefined {
    return [...this.#panels].find(({ view }) => sameEntrypoint(view.entrypoint, entrypoint));
  }

  #create(entrypoint: Entrypoint, preserveFocus: boolean): RunPanel {
    const column = [...this.#panels][0]?.column ?? vscode.ViewColumn.Beside;
    const panel = new RunPanel(this.parts, entrypoint, { viewColumn: column, preserveFocus });
    this.#panels.add(panel);
    panel.onDidDispose(() => this.#panels.delete(panel));
    return panel;
  }

  async #describe({ view }: RunPanel): Promise<void> {
    view.describedBy(await this.parts.describe(view.entrypoint));
  }
}

class RunPanel {
  readonly view: RunView;
  readonly #panel: vscode.WebviewPanel;

  constructor(
    { extensionUri, listener }: RunPanelParts,
    entrypoint: Entrypoint,
    place: { readonly viewColumn: vscode.ViewColumn; readonly preserveFocus: boolean },
  ) {
    const dist = vscode.Uri.joinPath(extensionUri, 'dist');
    this.#panel = vscode.window.createWebviewPanel(VIEW_TYPE, entrypoint.tag, place, {
      enableScripts: true,
      enableCommandUris: false,
      localResourceRoots: [dist],
      enableFindWidget: true,
    });
    const { webview } = this.#panel;
    this.view = new RunView(entrypoint, {
      listener,
      words: allWords,
      post: (message) => void webview.postMessage(message),
    });
    webview.onDidReceiveMessage((data) => this.view.received(data));
    this.#panel.onDidChangeViewState(() => {
      if (!this.#panel.visible) this.view.pageIsGone();
    });
    this.#panel.onDidDispose(() => this.view.pageIsGone());
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
    return this.#panel.viewColumn;
  }

  get onDidDispose(): vscode.Event<void> {
    return this.#panel.onDidDispose;
  }

  reveal(preserveFocus: boolean): void {
    this.#panel.reveal(undefined, preserveFocus);
  }

  dispose(): void {
    this.#panel.dispose();
  }
}
