import * as vscode from 'vscode';
import type { AgentServer } from '../server/agent_server';
import type { Project } from '../server/protocol.generated';
import {
  type AgentTask,
  programOnPath,
  readTask,
  TASK_ACTIONS,
  TASK_TYPE,
  taskArguments,
  taskName,
} from './agent_tasks';

const { l10n } = vscode;

/** Tasks for those who have the platform's command line: `runagent serve`, `deploy`, `upload` and `start`. */
export function registerAgentTasks(server: () => Promise<AgentServer>): vscode.Disposable {
  const projects = async () => (await (await server()).request('runagent/projects', {})).projects;
  const provider = new AgentTaskProvider(projects);
  return vscode.Disposable.from(vscode.tasks.registerTaskProvider(TASK_TYPE, provider), watchMissingTool());
}

class AgentTaskProvider implements vscode.TaskProvider {
  constructor(private readonly projects: () => Promise<readonly Project[]>) {}

  async provideTasks(): Promise<vscode.Task[]> {
    if (!vscode.workspace.isTrusted) return [];
    const projects = await this.projects();
    return projects.flatMap((project) => tasksOf(project));
  }

  /** A task of tasks.json, which says only what it wants. */
  resolveTask(task: vscode.Task): vscode.Task | undefined {
    const { definition, scope } = task;
    const read = readTask(definition);
    const folder = typeof scope === 'object' ? scope : vscode.workspace.workspaceFolders?.[0];
    if ('problem' in read || folder === undefined) return undefined;
    return agentTask(definition, folder, read);
  }
}

function tasksOf({ rootUri, agentId }: Project): vscode.Task[] {
  const root = vscode.Uri.parse(rootUri);
  const folder = vscode.workspace.getWorkspaceFolder(root);
  if (folder === undefined) return [];
  const inside = vscode.workspace.asRelativePath(root, false);
  const path = root.toString() === folder.uri.toString() ? '' : inside;
  return TASK_ACTIONS.filter((action) => action !== 'start' || agentId !== null).map((action) => {
    const args = action === 'start' ? ['--id', agentId ?? ''] : [];
    const definition = {
      type: TASK_TYPE,
      action,
      ...(path === '' ? {} : { path }),
      ...(args.length > 0 ? { args } : {}),
    };
    return agentTask(definition, folder, { action, path, args });
  });
}

function agentTask(
  definition: vscode.TaskDefinition,
  folder: vscode.WorkspaceFolder,
  task: AgentTask,
): vscode.Task {
  const cwd = vscode.Uri.joinPath(folder.uri, task.path).fsPath;
  const made = new vscode.Task(definition, folder, taskName(task), 'runagent', execution(task, cwd), []);
  made.detail = l10n.t('with the command line tool "runagent" in {0}', cwd);
  return made;
}

/** No shell stands between: VS Code's own quoting for one leaves a `'` inside a word as it is. */
function execution(task: AgentTask, cwd: string): vscode.ProcessExecution {
  return new vscode.ProcessExecution('runagent', taskArguments(task), { cwd });
}

/** Says why, when a task failed for want of the command line tool. */
function watchMissingTool(): vscode.Disposable {
  return vscode.tasks.onDidEndTaskProcess(async ({ execution: { task }, exitCode }) => {
    if (task.definition.type !== TASK_TYPE || exitCode === 0) return;
    if ((await programOnPath('runagent', process.env['PATH'] ?? '')) !== undefined) return;
    void vscode.window.showWarningMessage(
      l10n.t(
        'The command line tool "runagent" is not on the PATH: these tasks need the package runagent. Serving an agent in the editor does not.',
      ),
    );
  });
}
