import type { EntrypointSummary, Project, ServerStatus, SessionsResult } from '../server/protocol.generated';
import type { ServedAgent } from '../serving/served_agents';
import { answers } from '../serving/served_agents';
import type { Translate } from '../translate';
import { type SessionNode, type SessionsNode, sessionNodes, sessionsNode } from './sessions_tree';
import type { TreeRow } from './tree_row';

/** An agent of the workspace. Commands find it by `configUri`. */
export interface AgentNode {
  readonly kind: 'agent';
  readonly configUri: string;
  readonly project: Project;
}

/** An entrypoint of an agent. Commands find it by `configUri` and `tag`. */
export interface EntrypointNode {
  readonly kind: 'entrypoint';
  readonly configUri: string;
  readonly tag: string;
  readonly entrypoint: EntrypointSummary;
}

/** Stands where an agent has no entrypoint. */
export interface NothingNode {
  readonly kind: 'nothing';
  readonly configUri: string;
  /** None can be read, because the configuration has errors. */
  readonly broken: boolean;
}

export type AgentsNode = AgentNode | EntrypointNode | NothingNode | SessionsNode | SessionNode;

/** How many findings of ours the files of an agent have. */
export interface ProblemCount {
  readonly errors: number;
  readonly warnings: number;
}

export function agentNodes(projects: readonly Project[]): AgentNode[] {
  return projects.map((project) => ({ kind: 'agent', configUri: project.configUri, project }));
}

/** What stands below a row; `sessions` are those that the agent keeps, as far as they are known. */
export function childrenOf(node: AgentsNode, sessions?: SessionsResult): AgentsNode[] {
  if (node.kind === 'sessions') return sessionNodes(node);
  if (node.kind !== 'agent') return [];
  const { configUri } = node;
  return [...entrypointNodes(node), ...sessionsNode(configUri, sessions)];
}

function entrypointNodes({ configUri, project }: AgentNode): AgentsNode[] {
  const broken = project.firstError !== undefined;
  if (project.entrypoints.length === 0) return [{ kind: 'nothing', configUri, broken }];
  return firstOfEachTag(project.entrypoints).map((entrypoint) => ({
    kind: 'entrypoint',
    configUri,
    tag: entrypoint.tag,
    entrypoint,
  }));
}

/** Only the first of equal tags can be called. */
function firstOfEachTag(entrypoints: readonly EntrypointSummary[]): EntrypointSummary[] {
  return entrypoints.filter(
    ({ tag }, index) => tag !== '' && entrypoints.findIndex((other) => other.tag === tag) === index,
  );
}

/** The row of an agent; `folder` is where it is, for people. */
export function agentRow(
  { configUri, project }: AgentNode,
  folder: string,
  served: ServedAgent | undefined,
  problems: ProblemCount,
  t: Translate,
): TreeRow {
  const state = stateOf(served?.status, t);
  const found = problemText(problems, t);
  const reason = served?.status.failure?.message.trim().split('\n')[0];
  const framework = project.framework == null ? undefined : t('Framework: {0}', project.framework);
  const facts = [state.words, reason, served?.step ?? undefined, found, framework];
  const title = folder === project.name ? folder : `${project.name} (${folder})`;
  return {
    id: configUri,
    label: project.name,
    description: [state.short, found].filter((part) => part !== '').join(' · '),
    tooltip: [title, ...facts.filter((fact) => fact)].join('\n'),
    icon: state.icon,
    context: `agent.${state.context}`,
    expands: 'open',
  };
}

interface AgentState {
  readonly short: string;
  readonly words: string;
  readonly icon: TreeRow['icon'];
  /** `idle`: can be served; `busy`: can be stopped; `up`: ours and can be restarted; `foreign`: somebody else's. */
  readonly context: 'idle' | 'busy' | 'up' | 'foreign';
}

function stateOf(status: ServerStatus | undefined, t: Translate): AgentState {
  const port = `:${status?.port ?? '?'}`;
  const context = status?.own === false && answers(status) ? 'foreign' : 'up';
  switch (status?.state) {
    case 'starting':
      return { short: t('starting'), words: t('Starting'), icon: { id: 'loading~spin' }, context: 'busy' };
    case 'stopping':
      return { short: t('stopping'), words: t('Stopping'), icon: { id: 'loading~spin' }, context: 'busy' };
    case 'ready':
      return readyState(status, port, context, t);
    case 'reloading':
      return {
        short: t('{0} reloading', port),
        words: t('Reloading; it goes on answering'),
        icon: { id: 'sync~spin' },
        context,
      };
    case 'stale':
      return {
        short: t('{0} stale', port),
        words: t('Stale: the changed code does not start, the code of before answers'),
        icon: { id: 'warning', color: 'list.warningForeground' },
        context,
      };
    case 'failed':
      return {
        short: t('failed'),
        words: t('Not served, because it failed'),
        icon: { id: 'error', color: 'list.errorForeground' },
        context: 'idle',
      };
    default:
      return { short: '', words: t('Not served'), icon: { id: 'circle-outline' }, context: 'idle' };
  }
}

function readyState(
  status: ServerStatus,
  port: string,
  context: AgentState['context'],
  t: Translate,
): AgentState {
  const address = status.address ?? port;
  const color = 'testing.iconPassed';
  if (status.debugPort !== undefined) {
    const words = t('Served at {0}, for debugging', address);
    return { short: port, words, icon: { id: 'bug', color }, context };
  }
  const words =
    context === 'foreign'
      ? t('Served at {0}, by another editor or a terminal', address)
      : t('Served at {0}', address);
  return { short: port, words, icon: { id: 'pass-filled', color }, context };
}

/** Empty when there are none. */
function problemText({ errors, warnings }: ProblemCount, t: Translate): string {
  const parts = [
    errors === 0 ? '' : errors === 1 ? t('1 error') : t('{0} errors', errors),
    warnings === 0 ? '' : warnings === 1 ? t('1 warning') : t('{0} warnings', warnings),
  ];
  return parts.filter((part) => part !== '').join(', ');
}

export function entrypointRow({ configUri, tag, entrypoint }: EntrypointNode, t: Translate): TreeRow {
  const { kind, streams, signature, documentation } = entrypoint;
  const words = streams ? t('gives its output in pieces') : t('gives one result');
  return {
    id: `${configUri}#${tag}`,
    label: tag,
    ...(signature === undefined ? {} : { description: signature }),
    tooltip: [`${tag}${signature ?? ''}`, words, documentation].filter((line) => line).join('\n'),
    icon: { id: kind === 'unknown' ? 'question' : streams ? 'symbol-event' : 'symbol-method' },
    context: kind === 'unknown' ? 'entrypoint.unknown' : `entrypoint.${streams ? 'stream' : 'run'}.${kind}`,
    expands: 'no',
  };
}

export function nothingRow({ configUri, broken }: NothingNode, t: Translate): TreeRow {
  if (broken) {
    return {
      id: `${configUri}#broken`,
      label: t('The configuration has errors'),
      description: t('go to the first one'),
      tooltip: t(
        'RunAgent refuses it as it is, so nothing can be called. The errors are marked in the file.',
      ),
      icon: { id: 'error', color: 'list.errorForeground' },
      context: 'nothing',
      expands: 'no',
    };
  }
  return {
    id: `${configUri}#`,
    label: t('No entrypoints yet'),
    description: t('add one to the configuration'),
    tooltip: t('What can be called is listed in agent_architecture.entrypoints of the configuration.'),
    icon: { id: 'info' },
    context: 'nothing',
    expands: 'no',
  };
}
