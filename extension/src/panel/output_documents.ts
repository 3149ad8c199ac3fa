import * as vscode from 'vscode';
import type { Run } from '../runs/run';

const SCHEME = 'runagent-output';

/** Outputs of runs as read-only documents: nothing to save when they are closed. */
export class OutputDocuments implements vscode.Disposable {
  readonly #texts = new Map<string, string>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #registrations: vscode.Disposable;

  constructor() {
    this.#registrations = vscode.Disposable.from(
      this.#changed,
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
        onDidChange: this.#changed.event,
        provideTextDocumentContent: (uri) => this.#texts.get(uri.toString()) ?? '',
      }),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#texts.delete(uri.toString())),
    );
  }

  /** Shows what has come so far; asked again later, the same document shows what has come until then. */
  async show(run: Run): Promise<void> {
    const text = run.transcript.text();
    const ending = /^\s*[[{]/.test(text) ? 'json' : 'txt';
    const name = run.request.tag.replace(/[\\/]/g, '_');
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${name} output.${ending}`, query: run.id });
    this.#texts.set(uri.toString(), text);
    this.#changed.fire(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { preview: false });
  }

  dispose(): void {
    this.#registrations.dispose();
  }
}
