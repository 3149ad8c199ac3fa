import * as vscode from 'vscode';
import { showQuickPick } from '../questions';
import type { AgentServer } from '../server/agent_server';
import type { Project, SessionSummary } from '../server/protocol.generated';
import {
  entrypointFor,
  type KnownRun,
  mayTakeSession,
  type Resumable,
  resumption,
  takesSession,
} from '../sessions/resume';
import { showInformation } from './notify';
import type { RunStarter } from './run_starter';

const { l10n } = vscode;

/** Why sessions of an agent cannot be resumed from here; null while they can. */
export async function cannotResume(server: AgentServer, configUri: string): Promise<string | null> {
  if (!vscode.workspace.isTrusted) return l10n.t('Agents do not run in Restricted Mode.');
  const project = await projectOf(server, configUri);
  if (project === undefined) return l10n.t('Its agent is not in the workspace: open its folder first.');
  return (await resumables(server, project)).length === 0 ? noEntrypoint() : null;
}

/** What is to go on. */
export interface ResumedSession {
  readonly configUri: string;
  readonly summary: SessionSummary;
  /** Null: after the last one. */
  readonly step: number | null;
  /** The run that made it, while this window remembers. */
  readonly known: KnownRun | undefined;
}

/** Starts the run that goes on with a session; opens the form when something is missing. */
export async function resumeSession(
  server: AgentServer,
  starter: RunStarter,
  { configUri, summary, step, known }: ResumedSession,
): Promise<void> {
  const project = await projectOf(server, configUri);
  const able = project === undefined ? [] : await resumables(server, project);
  if (able.length === 0) {
    void showInformation(noEntrypoint());
    return;
  }
  const chosen = entrypointFor(able, known) ?? (await choose(able));
  if (chosen === undefined) return;
  const { tag, project: name, streams } = chosen;
  const entrypoint = { configUri, tag, project: name, kind: streams ? 'stream' : 'run' } as const;
  const { inputs, isWhole } = resumption(chosen, summary, step, known);
  if (isWhole) await starter.start({ ...entrypoint, inputs, resumes: true });
  else await starter.ask(entrypoint, inputs);
}

function noEntrypoint(): string {
  return l10n.t(
    'It cannot be resumed from here: no entrypoint of the agent has the parameters session_id and resume_from_step.',
  );
}

async function projectOf(server: AgentServer, configUri: string): Promise<Project | undefined> {
  const { projects } = await server.request('runagent/projects', {});
  return projects.find((project) => project.configUri === configUri);
}

async function resumables(server: AgentServer, project: Project): Promise<Resumable[]> {
  const { configUri, name } = project;
  const infos = await Promise.all(
    mayTakeSession(project).map((tag) => server.request('runagent/entrypoint', { configUri, tag })),
  );
  return infos
    .filter(takesSession)
    .map((info) => ({ configUri, tag: info.tag, project: name, streams: info.streams, info }));
}

async function choose(able: readonly Resumable[]): Promise<Resumable | undefined> {
  const items = able.map((entrypoint) => ({
    label: entrypoint.tag,
    description: entrypoint.info.signature ?? '',
    entrypoint,
  }));
  const placeHolder = l10n.t('Entrypoint that goes on with the session');
  return (await showQuickPick(items, { placeHolder }))?.entrypoint;
}
