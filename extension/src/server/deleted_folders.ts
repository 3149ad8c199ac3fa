import * as vscode from 'vscode';
import type { Project } from './protocol.generated';

/** The server, if it is there: one that begins later sees for itself what is gone. */
interface ToldServer {
  readonly isReady: boolean;
  ready(): Promise<{ deleted(uri: string): void }>;
}

/**
 * Tells the server of deleted folders that held agents. The language client watches files, and of those in a folder that
 * is deleted as a whole VS Code tells nothing.
 */
export class DeletedFolders implements vscode.Disposable {
  readonly #watch = vscode.workspace.createFileSystemWatcher('**', true, true, false);
  #rootUris: readonly string[] = [];

  constructor(private readonly server: ToldServer) {
    this.#watch.onDidDelete((deleted) => {
      const uri = deleted.toString();
      if (this.#rootUris.some((root) => root === uri || root.startsWith(`${uri}/`))) void this.#tell(uri);
    });
  }

  projectsChanged(projects: readonly Project[]): void {
    this.#rootUris = projects.map(({ rootUri }) => vscode.Uri.parse(rootUri).toString().replace(/\/$/, ''));
  }

  async #tell(uri: string): Promise<void> {
    if (this.server.isReady) (await this.server.ready()).deleted(uri);
  }

  dispose(): void {
    this.#watch.dispose();
  }
}
