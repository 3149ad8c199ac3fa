import type { AgentServer } from '../server/agent_server';
import type { HistoryGroup, HistoryListParams, HistorySummary } from '../server/protocol.generated';

/** The runs of one agent; null: runs that belong to no configuration. */
export interface AgentRuns {
  readonly kind: 'agentRuns';
  readonly configUri: string | null;
  readonly groups: readonly EntrypointRuns[];
}

/** The runs of one entrypoint, as they were counted last. */
export interface EntrypointRuns {
  readonly kind: 'entrypointRuns';
  readonly configUri: string | null;
  readonly group: HistoryGroup;
}

/** A run of the history; commands find it by `run`. */
export interface RunNode {
  readonly kind: 'run';
  readonly run: HistorySummary;
  readonly parent: EntrypointRuns;
  /** Where a searched text was found. */
  readonly excerpt?: string;
}

/** Stands below the runs that are listed when there are older ones. */
export interface MoreNode {
  readonly kind: 'more';
  readonly parent: EntrypointRuns;
}

export type RunsNode = AgentRuns | EntrypointRuns | RunNode | MoreNode;

/** So many runs of an entrypoint are listed at first, and more each time. */
export const PAGE = 25;
const LARGEST_PAGE = 200;

/** The history as a tree: agents, their entrypoints, their runs. Runs are asked for when their entrypoint is opened. */
export class RunGroups {
  readonly #wanted = new Map<string, number>();
  #recording = true;

  constructor(private readonly server: () => Promise<AgentServer>) {}

  /** Whether new runs are kept, as it was told last. */
  get recording(): boolean {
    return this.#recording;
  }

  /** Agents with runs, those of the workspace first, each with its entrypoints, the latest first. */
  async agents(workspace: readonly string[]): Promise<AgentRuns[]> {
    const server = await this.server();
    const { groups, recording } = await server.request('runagent/history/groups', {});
    this.#recording = recording;
    return byAgent(groups, workspace);
  }

  /** The newest runs of an entrypoint, and a last row when there are older ones. */
  async runs(parent: EntrypointRuns): Promise<RunsNode[]> {
    const server = await this.server();
    const wanted = this.#wanted.get(keyOf(parent)) ?? PAGE;
    const nodes: RunsNode[] = [];
    let before: string | null | undefined;
    while (before !== null && nodes.length < wanted) {
      const limit = Math.min(wanted - nodes.length, LARGEST_PAGE);
      const page = await server.request('runagent/history/list', {
        ...queryOf(parent),
        limit,
        ...(before === undefined ? {} : { before }),
      });
      nodes.push(...page.runs.map((run): RunNode => ({ kind: 'run', run, parent })));
      before = page.next;
    }
    return before === null ? nodes : [...nodes, { kind: 'more', parent }];
  }

  /** From now on a page more of an entrypoint's runs is listed. */
  more(parent: EntrypointRuns): void {
    this.#wanted.set(keyOf(parent), (this.#wanted.get(keyOf(parent)) ?? PAGE) + PAGE);
  }
}

function queryOf({ configUri, group }: EntrypointRuns): HistoryListParams {
  return { configUri, tag: group.tag };
}

export function keyOf({ configUri, group }: EntrypointRuns): string {
  return `${configUri ?? ''}#${group.tag}`;
}

/** Groups that came with the latest first, by agent; the agents of the workspace come first. */
function byAgent(groups: readonly HistoryGroup[], workspace: readonly string[]): AgentRuns[] {
  const agents = new Map<string | null, EntrypointRuns[]>();
  for (const group of groups) {
    const { configUri } = group;
    const known = agents.get(configUri) ?? [];
    agents.set(configUri, [...known, { kind: 'entrypointRuns', configUri, group }]);
  }
  const all = [...agents].map(
    ([configUri, entrypoints]): AgentRuns => ({ kind: 'agentRuns', configUri, groups: entrypoints }),
  );
  const isHere = ({ configUri }: AgentRuns) => configUri !== null && workspace.includes(configUri);
  return [...all.filter(isHere), ...all.filter((agent) => !isHere(agent))];
}
