import { projectOf } from '../runs/entrypoint_choice';
import type { Project } from '../server/protocol.generated';

/** The agent that the argument of a command names by `configUri`, as lenses and menus do. */
export function agentOf(projects: readonly Project[], argument: unknown): Project | undefined {
  if (typeof argument !== 'object' || argument === null) return undefined;
  const { configUri } = argument as { configUri?: unknown };
  return projects.find((project) => project.configUri === configUri);
}

/** All agents, the one that `fileUri` belongs to first. */
export function agentsInOrder(projects: readonly Project[], fileUri: string | undefined): Project[] {
  const own = fileUri === undefined ? undefined : projectOf(projects, fileUri);
  return own === undefined ? [...projects] : [own, ...projects.filter((project) => project !== own)];
}

/** The agent that the status bar is about: the one being edited, else the one before, else the first. */
export function shownAgent(
  projects: readonly Project[],
  fileUri: string | undefined,
  before: string | undefined,
): Project | undefined {
  const edited = fileUri === undefined ? undefined : projectOf(projects, fileUri);
  return edited ?? projects.find(({ configUri }) => configUri === before) ?? projects[0];
}
