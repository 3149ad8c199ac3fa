import * as vscode from 'vscode';
import type { ServeRequirements } from '../server/protocol.generated';
import { mayRun } from './entrypoint_pick';
import { showWarning } from './notify';

const { l10n } = vscode;

/** Offers to install what an agent's Python lacks: one command, in a terminal, and only after a click. */
export class RequirementsOffer {
  readonly #told = new Map<string, string>();

  /** `installed` is called when the command has done its work. */
  constructor(private readonly installed: (configUri: string) => void) {}

  /** A start by the user asks anew. */
  starting(configUri: string): void {
    this.#told.delete(configUri);
  }

  /** Asks once for the same missing requirements, however often the agent is reloaded. */
  tell(configUri: string, name: string, requirements: ServeRequirements): void {
    const { missing } = requirements;
    const key = missing.join('\n');
    if (missing.length === 0 || this.#told.get(configUri) === key) return;
    this.#told.set(configUri, key);
    const message =
      missing.length === 1
        ? l10n.t('The Python of {0} lacks {1}.', name, key)
        : l10n.t('The Python of {0} lacks {1} requirements: {2}.', name, missing.length, missing.join(', '));
    const install = {
      label: l10n.t('Install in Terminal'),
      run: () => this.install(configUri, name, requirements),
    };
    void showWarning(message, install);
  }

  async install(configUri: string, name: string, { command }: ServeRequirements): Promise<void> {
    const [program, ...args] = command;
    if (program === undefined || !mayRun()) return;
    const config = vscode.Uri.parse(configUri);
    const cwd = vscode.Uri.joinPath(config, '..').fsPath;
    const definition = { type: 'process', runagent: configUri };
    const scope = vscode.workspace.getWorkspaceFolder(config) ?? vscode.TaskScope.Workspace;
    const task = new vscode.Task(
      definition,
      scope,
      l10n.t('Install the requirements of {0}', name),
      'RunAgent',
      new vscode.ProcessExecution(program, args, { cwd }),
      [],
    );
    const execution = await vscode.tasks.executeTask(task);
    const ended = vscode.tasks.onDidEndTaskProcess((end) => {
      if (end.execution !== execution) return;
      ended.dispose();
      this.#told.delete(configUri);
      if (end.exitCode === 0) this.installed(configUri);
    });
  }
}
