import * as vscode from 'vscode';
import type { EntrypointInfo } from '../server/protocol.generated';
import { type Inputs, inputsFromJson, inputsToJson } from './inputs';

const SCHEME = 'runagent-inputs';
const RUN_COMMAND = 'runagent.runWithJsonInputs';

interface Edited {
  readonly info: EntrypointInfo;
  readonly label: string;
  readonly run: (inputs: Inputs) => void;
}

/** Inputs edited as JSON in an editor of their own, with a lens above that starts the run. */
export class JsonInputs implements vscode.Disposable, vscode.CodeLensProvider {
  readonly #files = new MemoryFiles();
  readonly #edited = new Map<string, Edited>();
  readonly #registrations: vscode.Disposable;

  constructor() {
    this.#registrations = vscode.Disposable.from(
      vscode.workspace.registerFileSystemProvider(SCHEME, this.#files, { isCaseSensitive: true }),
      vscode.languages.registerCodeLensProvider({ scheme: SCHEME }, this),
      vscode.commands.registerCommand(RUN_COMMAND, (uri: unknown) => this.#run(uri)),
    );
  }

  /** `key` names the entrypoint: asking for the same one again reuses its editor. */
  async edit(
    key: string,
    info: EntrypointInfo,
    inputs: Inputs,
    label: string,
    run: Edited['run'],
  ): Promise<void> {
    const name = info.tag.replace(/[\\/]/g, '_');
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${name} inputs.json`, query: key });
    this.#files.put(uri, new TextEncoder().encode(inputsToJson(info, inputs)));
    this.#edited.set(uri.toString(), { info, label, run });
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { preview: false });
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const edited = this.#edited.get(document.uri.toString());
    if (edited === undefined) return [];
    const command = {
      title: `$(play) ${edited.label}`,
      command: RUN_COMMAND,
      arguments: [document.uri.toString()],
    };
    return [new vscode.CodeLens(new vscode.Range(0, 0, 0, 0), command)];
  }

  dispose(): void {
    this.#registrations.dispose();
  }

  async #run(uri: unknown): Promise<void> {
    const edited = typeof uri === 'string' ? this.#edited.get(uri) : undefined;
    const document = vscode.workspace.textDocuments.find((open) => open.uri.toString() === uri);
    if (edited === undefined || document === undefined) return;
    const read = inputsFromJson(edited.info, document.getText(), vscode.l10n.t);
    if ('problem' in read) {
      void vscode.window.showWarningMessage(read.problem);
      return;
    }
    await document.save();
    edited.run(read.inputs);
  }
}

/** Files that live as long as the window. Saving them works, so that closing one asks nothing. */
class MemoryFiles implements vscode.FileSystemProvider {
  readonly #contents = new Map<string, { readonly bytes: Uint8Array; readonly changedAt: number }>();
  readonly #changes = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.#changes.event;

  put(uri: vscode.Uri, bytes: Uint8Array): void {
    this.#contents.set(uri.toString(), { bytes, changedAt: Date.now() });
    this.#changes.fire([{ type: vscode.FileChangeType.Changed, uri }]);
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  stat(uri: vscode.Uri): vscode.FileStat {
    const { bytes, changedAt } = this.#get(uri);
    return { type: vscode.FileType.File, ctime: 0, mtime: changedAt, size: bytes.length };
  }

  readFile(uri: vscode.Uri): Uint8Array {
    return this.#get(uri).bytes;
  }

  writeFile(uri: vscode.Uri, bytes: Uint8Array): void {
    this.put(uri, bytes);
  }

  readDirectory(): [string, vscode.FileType][] {
    return [];
  }

  createDirectory(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  delete(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  rename(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  #get(uri: vscode.Uri): { readonly bytes: Uint8Array; readonly changedAt: number } {
    const found = this.#contents.get(uri.toString());
    if (found === undefined) throw vscode.FileSystemError.FileNotFound(uri);
    return found;
  }
}
