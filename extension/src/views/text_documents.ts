import * as vscode from 'vscode';

const SCHEME = 'runagent-text';

/** A text to look at. */
export interface TextDocument {
  /** Names the document: the same key shows its newest text in the same tab. */
  readonly key: string;
  /** Shown on the tab, with an ending that says what it is. */
  readonly name: string;
  readonly text: string;
}

/**
 * Outputs, transcripts and reports as read-only documents: nothing to save when they are closed. They are plain text
 * or JSON, so that nothing an agent wrote in them becomes a link that does something.
 */
export class TextDocuments implements vscode.Disposable {
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

  async show(content: TextDocument): Promise<void> {
    const document = await vscode.workspace.openTextDocument(this.#put(content));
    await vscode.window.showTextDocument(document, { preview: false });
  }

  /** Both in the editor's own comparison. */
  async compare(left: TextDocument, right: TextDocument, title: string): Promise<void> {
    const [leftUri, rightUri] = [this.#put(left), this.#put(right)];
    // Not over the page of a run, which stands beside the code.
    const options = { preview: false, viewColumn: vscode.ViewColumn.One };
    await vscode.commands.executeCommand('vscode.diff', leftUri, rightUri, title, options);
  }

  dispose(): void {
    this.#registrations.dispose();
  }

  #put({ key, name, text }: TextDocument): vscode.Uri {
    const path = `/${name.replace(/[\\/]/g, '_')}`;
    const uri = vscode.Uri.from({ scheme: SCHEME, path, query: key });
    this.#texts.set(uri.toString(), text);
    this.#changed.fire(uri);
    return uri;
  }
}
