import { access, constants } from 'node:fs/promises';
import * as path from 'node:path';

/** What the platform's command line can do with an agent's folder. */
export const TASK_ACTIONS = ['serve', 'deploy', 'upload', 'start'] as const;
export type TaskAction = (typeof TASK_ACTIONS)[number];

/** The type of tasks in tasks.json. */
export const TASK_TYPE = 'runagent';

/** A task of the type `runagent`, as it stands in tasks.json. */
export interface AgentTask {
  readonly action: TaskAction;
  /** Folder of the agent, from the workspace folder; empty for the folder itself. */
  readonly path: string;
  readonly args: readonly string[];
}

/** The task that a definition means, or what is wrong with it. */
export function readTask(definition: Readonly<Record<string, unknown>>): AgentTask | { problem: string } {
  const { action, path: folder = '', args = [] } = definition;
  const known = TASK_ACTIONS.find((name) => name === action);
  if (known === undefined) return { problem: `"action" must be one of ${TASK_ACTIONS.join(', ')}` };
  if (typeof folder !== 'string') return { problem: '"path" must be the path of a folder' };
  if (!Array.isArray(args) || !args.every((arg) => typeof arg === 'string')) {
    return { problem: '"args" must be a list of texts' };
  }
  return { action: known, path: folder, args };
}

/** The words after `runagent`: it is run in the agent's folder, where `start` alone takes no folder. */
export function taskArguments({ action, args }: AgentTask): string[] {
  return action === 'start' ? [action, ...args] : [action, '.', ...args];
}

export function taskName({ action, path: folder }: AgentTask): string {
  return folder === '' ? action : `${action} ${folder}`;
}

/**
 * Where the command line tool of an agent is looked for before the PATH: beside its Python, and in the environment in
 * its folder.
 */
export function toolFolders(
  interpreter: string | undefined,
  folder: string,
  platform: NodeJS.Platform = process.platform,
): string[] {
  const own = path.join(folder, '.venv', platform === 'win32' ? 'Scripts' : 'bin');
  return interpreter === undefined ? [own] : [path.dirname(interpreter), own];
}

/** The program `name` on a PATH, as a shell would find it; undefined when it is not installed. */
export async function programOnPath(
  name: string,
  pathVariable: string,
  platform: NodeJS.Platform = process.platform,
): Promise<string | undefined> {
  const endings = platform === 'win32' ? ['.exe', '.cmd', '.bat'] : [''];
  const folders = pathVariable.split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  for (const folder of folders) {
    for (const ending of endings) {
      const file = path.join(folder, name + ending);
      const found = await access(file, constants.X_OK).then(
        () => true,
        () => false,
      );
      if (found) return file;
    }
  }
  return undefined;
}
