import { duration } from '../duration';
import {
  type AgentRuns,
  type EntrypointRuns,
  keyOf,
  type MoreNode,
  PAGE,
  type RunGroups,
  type RunNode,
  type RunsNode,
} from '../history/run_groups';
import { type HistoryWords, oneLine, startedAt, timeAgo } from '../history/run_item';
import type { Project } from '../server/protocol.generated';
import type { Translate } from '../translate';
import type { TreeRow } from './tree_row';

/** What rows are written with. */
export interface RowContext {
  readonly projects: readonly Project[];
  readonly words: HistoryWords;
  readonly translate: Translate;
  readonly locale: string;
  /** Seconds since 1970. */
  readonly now: number;
  /** The path of a folder, for people. */
  folderOf(configUri: string): string;
  /** Whether an agent keeps sessions of the agent runtime. */
  keepsSessions(configUri: string): boolean;
}

export function runsRow(node: RunsNode, context: RowContext): TreeRow {
  switch (node.kind) {
    case 'agentRuns':
      return agentRow(node, context);
    case 'entrypointRuns':
      return entrypointRow(node, context);
    case 'run':
      return runRow(node, context);
    case 'more':
      return moreRow(node, context);
  }
}

/** All rows that are known, as one text: as long as it is the same, nothing has to be drawn anew. */
export function drawnRuns(groups: Pick<RunGroups, 'agents' | 'known'>, context: RowContext): string {
  const rows = groups.agents.flatMap((agent) => [
    agent,
    ...agent.groups.flatMap((parent) => [parent, ...(groups.known(parent) ?? [])]),
  ]);
  return JSON.stringify(rows.map((row) => runsRow(row, context)));
}

function agentRow({ configUri, groups }: AgentRuns, context: RowContext): TreeRow {
  const { translate: t, projects } = context;
  const count = runCount(
    groups.reduce((sum, { group }) => sum + group.runs, 0),
    t,
  );
  if (configUri === null) {
    return {
      id: 'agent:',
      label: t('Without a project'),
      description: count,
      tooltip: t('Runs that were sent to an agent by its address or id.'),
      icon: { id: 'globe' },
      context: 'agentRuns.other',
      expands: 'closed',
    };
  }
  const project = projects.find((candidate) => candidate.configUri === configUri);
  const folder = context.folderOf(configUri);
  return {
    // Before it is known that the agent is one of the workspace, its row is another: closed.
    id: `${project === undefined ? 'other' : 'agent'}:${configUri}`,
    label: project?.name ?? folder,
    description: project === undefined ? t('not in this workspace · {0}', count) : count,
    // An agent is often called as its folder is.
    tooltip: [...new Set([project?.name ?? folder, folder]), count].join('\n'),
    icon: { id: project === undefined ? 'folder' : 'hubot' },
    context: project === undefined ? 'agentRuns.other' : 'agentRuns',
    expands: project === undefined ? 'closed' : 'open',
  };
}

function entrypointRow(node: EntrypointRuns, context: RowContext): TreeRow {
  const { translate: t, words, projects, locale, now } = context;
  const { tag, runs, state, startedAt: latest } = node.group;
  const entrypoints = projects.find(({ configUri }) => configUri === node.configUri)?.entrypoints ?? [];
  const isThere = entrypoints.some((entrypoint) => entrypoint.tag === tag);
  const count = runCount(runs, t);
  return {
    // What was found is another row than all runs: whether it is open is not taken over.
    id: `${node.found === undefined ? 'entrypoint' : 'found'}:${keyOf(node)}`,
    label: tag,
    description: [count, timeAgo(latest, now, locale)].join(' · '),
    tooltip: [tag, t('{0}, the latest {1}', count, words.states[state]), startedAt(node.group, locale)].join(
      '\n',
    ),
    icon: STATE_ICONS[state],
    context: isThere ? 'entrypointRuns' : 'entrypointRuns.other',
    expands: node.found === undefined ? 'closed' : 'open',
  };
}

const STATE_ICONS: Readonly<Record<RunNode['run']['state'], TreeRow['icon']>> = {
  running: { id: 'loading~spin' },
  completed: { id: 'pass', color: 'testing.iconPassed' },
  failed: { id: 'error', color: 'testing.iconFailed' },
  cancelled: { id: 'circle-slash', color: 'testing.iconSkipped' },
  interrupted: { id: 'debug-disconnect', color: 'testing.iconSkipped' },
};

/** Longer ones would push out of a narrow side bar when the runs were, by which they are told apart. */
const LABEL_LENGTH = 48;

function runRow({ run, excerpt }: RunNode, context: RowContext): TreeRow {
  const { words, locale, now, translate: t } = context;
  const shown = oneLine(excerpt ?? run.problem ?? run.inputs, LABEL_LENGTH);
  // The state last: its sign stands in front, and the end of a row is often out of sight.
  const facts = [timeAgo(run.startedAt, now, locale)];
  if (run.elapsedMs !== null) facts.push(duration(run.elapsedMs));
  facts.push(words.states[run.state]);
  if (run.target?.cloud) facts.push(words.inCloud);
  if (run.pinned) facts.push(words.pinned);
  const details = [
    `${run.tag}: ${words.states[run.state]}`,
    startedAt(run, locale),
    run.elapsedMs === null ? '' : t('took {0}', duration(run.elapsedMs)),
    run.target === null ? '' : t('at {0}', run.target.address),
    run.gitCommit === null ? '' : t('commit {0}', run.gitCommit.slice(0, 10)),
    run.pinned ? words.pinned : '',
    run.inputs,
    run.problem ?? '',
  ];
  return {
    id: `run:${run.historyId}`,
    label: shown === '' ? t('no inputs') : shown,
    description: facts.join(' · '),
    tooltip: details.filter((line) => line !== '').join('\n'),
    icon: run.pinned ? { id: 'pinned', ...colorOf(run.state) } : STATE_ICONS[run.state],
    context: contextOf(run, context),
    expands: 'no',
  };
}

/** What the menus of a row go by: `run.over.sessions.pinned`. */
function contextOf({ state, configUri, pinned }: RunNode['run'], { keepsSessions }: RowContext): string {
  const parts = ['run', state === 'running' ? 'running' : 'over'];
  if (configUri !== null && keepsSessions(configUri)) parts.push('sessions');
  if (pinned) parts.push('pinned');
  return parts.join('.');
}

function colorOf(state: RunNode['run']['state']): { color?: string } {
  const { color } = STATE_ICONS[state];
  return color === undefined ? {} : { color };
}

function moreRow({ parent }: MoreNode, { translate: t }: RowContext): TreeRow {
  return {
    id: `more:${keyOf(parent)}`,
    label: t('Older runs…'),
    tooltip: t('Lists {0} more runs of {1}.', PAGE, parent.group.tag),
    icon: { id: 'ellipsis' },
    context: 'more',
    expands: 'no',
  };
}

function runCount(runs: number, t: Translate): string {
  return runs === 1 ? t('1 run') : t('{0} runs', runs);
}
