import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { Run } from '../runs/run';
import { sameEntrypoint } from '../runs/runs';
import type { RunEvent } from '../runs/view_model';
import { pageHtml } from './html';
import { type HostMessage, type PageCommand, readPageMessage } from './messages';
import { pageWords } from './words';

const VIEW_TYPE = 'runagent.run';

/** What the pages ask for. */
export interface PageListener {
  command(command: PageCommand, run: Run): void;
  openFrame(index: number, run: Run): void;
}

/** The open run views: one for each entrypoint, showing its latest run. */
export class RunPanels implements vscode.Disposable {
  readonly #panels = new Set<RunPanel>();

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly listener: PageListener,
  ) {}

  /** Opens or reuses the entrypoint's view beside the editor, without taking the keyboard from it. */
  show(run: Run): void {
    const open = [...this.#panels].find((panel) => sameEntrypoint(panel.run.request, run.request));
    if (open !== undefined) {
      open.show(run);
      return;
    }
    const neighbour = [...this.#panels][0]?.column;
    const panel = new RunPanel(this.extensionUri, run, neighbour ?? vscode.ViewColumn.Beside, this.listener);
    this.#panels.add(panel);
    panel.onDidDispose(() => this.#panels.delete(panel));
  }

  changed(run: Run, event: RunEvent): void {
    for (const panel of this.#panels) if (panel.run === run) panel.send(event);
  }

  dispose(): void {
    for (const panel of this.#panels) panel.dispose();
  }
}

class RunPanel {
  readonly #panel: vscode.WebviewPanel;
  #run: Run;
  #pageIsReady = false;

  constructor(
    extensionUri: vscode.Uri,
    run: Run,
    column: vscode.ViewColumn,
    private readonly listener: PageListener,
  ) {
    this.#run = run;
    const dist = vscode.Uri.joinPath(extensionUri, 'dist');
    this.#panel = vscode.window.createWebviewPanel(
      VIEW_TYPE,
      run.request.tag,
      { viewColumn: column, preserveFocus: true },
      { enableScripts: true, enableCommandUris: false, localResourceRoots: [dist], enableFindWidget: true },
    );
    const { webview } = this.#panel;
    webview.onDidReceiveMessage((data) => this.#received(data));
    this.#panel.onDidChangeViewState(() => {
      // A hidden page is thrown away by VS Code; it says that it is ready when it is made anew.
      if (!this.#panel.visible) this.#pageIsGone();
    });
    this.#panel.onDidDispose(() => this.#pageIsGone());
    webview.html = pageHtml({
      cspSource: webview.cspSource,
      nonce: randomBytes(24).toString('base64'),
      scriptUri: webview.asWebviewUri(vscode.Uri.joinPath(dist, 'run_page.js')).toString(),
      styleUri: webview.asWebviewUri(vscode.Uri.joinPath(dist, 'run_page.style.css')).toString(),
      iconsUri: webview.asWebviewUri(vscode.Uri.joinPath(dist, 'codicon.css')).toString(),
      title: run.request.tag,
      language: vscode.env.language,
    });
  }

  get run(): Run {
    return this.#run;
  }

  get column(): vscode.ViewColumn | undefined {
    return this.#panel.viewColumn;
  }

  get onDidDispose(): vscode.Event<void> {
    return this.#panel.onDidDispose;
  }

  show(run: Run): void {
    if (this.#run !== run) this.#run.gate.viewIsLive(false);
    this.#run = run;
    this.#panel.reveal(undefined, true);
    if (this.#pageIsReady) this.#showAll();
  }

  send(event: RunEvent): void {
    if (this.#pageIsReady) this.#post({ type: 'event', runId: this.#run.id, event });
  }

  dispose(): void {
    this.#panel.dispose();
  }

  #received(data: unknown): void {
    const message = readPageMessage(data);
    if (message?.type === 'ready') {
      this.#pageIsReady = true;
      this.#showAll();
    } else if (message?.type === 'drawn') {
      if (message.runId === this.#run.id) this.#run.gate.drawn(message.seq);
    } else if (message?.type === 'command') {
      this.listener.command(message.command, this.#run);
    } else if (message?.type === 'openFrame') {
      this.listener.openFrame(message.index, this.#run);
    }
  }

  #showAll(): void {
    this.#post({
      type: 'show',
      model: this.#run.model,
      elapsedMs: this.#run.elapsedMs,
      words: pageWords(),
    });
    this.#run.gate.viewIsLive(true);
  }

  #pageIsGone(): void {
    this.#pageIsReady = false;
    this.#run.gate.viewIsLive(false);
  }

  #post(message: HostMessage): void {
    void this.#panel.webview.postMessage(message);
  }
}
