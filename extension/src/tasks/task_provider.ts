import { delimiter } from 'node:path';
import * as vscode from 'vscode';
import { agentInterpreter } from '../python/agent_interpreter';
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
  toolFolders,
} from './agent_tasks';

const { l10n } = vscode;
const TOOL = 'runagent';

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
    return (await Promise.all(projects.map(tasksOf))).flat();
  }

  /** A task of tasks.json, which says only what it wants. */
  async resolveTask(task: vscode.Task): Promise<vscode.Task | undefined> {
    const { definition, scope } = task;
    const read = readTask(definition);
    const folder = typeof scope === 'object' ? scope : vscode.workspace.workspaceFolders?.[0];
    if ('problem' in read || folder === undefined || !vscode.workspace.isTrusted) return undefined;
    return agentTask(definition, folder, read, await findTool(folder, read));
  }
}

async function tasksOf({ rootUri, agentId }: Project): Promise<vscode.Task[]> {
  const root = vscode.Uri.parse(rootUri);
  const folder = vscode.workspace.getWorkspaceFolder(root);
  if (folder === undefined) return [];
  const inside = vscode.workspace.asRelativePath(root, false);
  const path = root.toString() === folder.uri.toString() ? '' : inside;
  const tool = await findTool(folder, { path });
  return TASK_ACTIONS.filter((action) => action !== 'start' || agentId !== null).map((action) => {
    const args = action === 'start' ? ['--id', agentId ?? ''] : [];
    const definition = {
      type: TASK_TYPE,
      action,
      ...(path === '' ? {} : { path }),
      ...(args.length > 0 ? { args } : {}),
    };
    return agentTask(definition, folder, { action, path, args }, tool);
  });
}

/** The command line tool for an agent: from its own environment, else whatever the PATH has. */
async function findTool(folder: vscode.WorkspaceFolder, { path }: Pick<AgentTask, 'path'>): Promise<string> {
  const agent = vscode.Uri.joinPath(folder.uri, path);
  const interpreter = await agentInterpreter(vscode.Uri.joinPath(agent, 'runagent.config.json').toString());
  const own = toolFolders(interpreter, agent.fsPath).join(delimiter);
  return (await programOnPath(TOOL, own)) ?? TOOL;
}

function agentTask(
  definition: vscode.TaskDefinition,
  folder: vscode.WorkspaceFolder,
  task: AgentTask,
  tool: string,
): vscode.Task {
  const cwd = vscode.Uri.joinPath(folder.uri, task.path).fsPath;
  // No shell stands between: VS Code's own quoting for one leaves a `'` inside a word as it is.
  const execution = new vscode.ProcessExecution(tool, taskArguments(task), { cwd });
  const made = new vscode.Task(definition, folder, taskName(task), TASK_TYPE, execution, []);
  made.detail = l10n.t('with the command line tool "runagent" in {0}', cwd);
  return made;
}

/** Says why, when a task failed for want of the command line tool. */
function watchMissingTool(): vscode.Disposable {
  return vscode.tasks.onDidEndTaskProcess(async ({ execution: { task }, exitCode }) => {
    if (task.definition.type !== TASK_TYPE || exitCode === 0) return;
    const { execution } = task;
    if (!(execution instanceof vscode.ProcessExecution) || execution.process !== TOOL) return;
    if ((await programOnPath(TOOL, process.env['PATH'] ?? '')) !== undefined) return;
    void vscode.window.showWarningMessage(
      l10n.t(
        'The command line tool "runagent" is neither on the PATH nor beside the agent’s Python: these tasks need the package runagent. Serving an agent in the editor does not.',
      ),
    );
  });
}
