import type { AgentServer } from '../server/agent_server';
import type { HistoryGroup, HistoryMatch, HistorySummary } from '../server/protocol.generated';
import { NO_FILTER, queryOf, type RunFilter } from './run_filter';

/** The runs of one agent; null: runs that belong to no configuration. */
export interface AgentRuns {
  readonly kind: 'agentRuns';
  readonly configUri: string | null;
  readonly groups: readonly EntrypointRuns[];
}

/** The runs of one entrypoint that fit the filter, as they were counted last; commands find it as an entrypoint. */
export interface EntrypointRuns {
  readonly kind: 'entrypointRuns';
  readonly configUri: string | null;
  readonly tag: string;
  readonly group: HistoryGroup;
  /** Those in which the searched words were found; absent when nothing was searched. */
  readonly found?: readonly HistoryMatch[];
}

/** A run of the history; commands find it by `run`. */
export interface RunNode {
  readonly kind: 'run';
  readonly run: HistorySummary;
  /** Where searched words were found. */
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
/** So many runs are found by their words at most. */
export const MOST_FOUND = 200;

/**
 * The history as a tree: agents, their entrypoints, their runs. Runs are asked for when their entrypoint is opened.
 *
 * What was read last is kept, and stays until all of it was read again: a view that asks for its rows has them at once.
 */
export class RunGroups {
  filter: RunFilter = NO_FILTER;
  readonly #wanted = new Map<string, number>();
  #agents: readonly AgentRuns[] = [];
  /** The runs of each entrypoint that was opened. */
  #runs = new Map<string, readonly RunsNode[]>();
  #recording = true;

  constructor(private readonly server: () => Promise<AgentServer>) {}

  /** Whether new runs are kept, as it was told last. */
  get recording(): boolean {
    return this.#recording;
  }

  /** How many runs fit the filter, as they were counted last. */
  get shown(): number {
    return this.#agents.flatMap(({ groups }) => groups).reduce((sum, { group }) => sum + group.runs, 0);
  }

  /** Agents with runs, those of the workspace first, each with its entrypoints, the latest first. */
  get agents(): readonly AgentRuns[] {
    return this.#agents;
  }

  /** Reads all that is listed again; nothing is when that fails. */
  async read(workspace: readonly string[]): Promise<void> {
    try {
      const server = await this.server();
      const { text } = this.filter;
      const searched = text === '' ? undefined : await this.#search(server, text);
      const { groups, recording } = await server.request('runagent/history/groups', queryOf(this.filter));
      const entrypoints = searched ?? groups.map((group) => entrypointRuns(group));
      const opened = entrypoints.filter((parent) => this.#runs.has(keyOf(parent)));
      const again = await Promise.all(opened.map((parent) => this.#list(server, parent)));
      const here = new Set(entrypoints.map(keyOf));
      // Those that were opened meanwhile are as new.
      const others = [...this.#runs].filter(([key]) => here.has(key));
      this.#runs = new Map([
        ...others,
        ...opened.map((parent, at) => [keyOf(parent), again[at] ?? []] as const),
      ]);
      this.#agents = byAgent(entrypoints, workspace);
      this.#recording = recording;
    } catch (error) {
      this.#agents = [];
      this.#runs.clear();
      throw error;
    }
  }

  /** The newest runs of an entrypoint, and a last row when there are older ones. */
  async runs(parent: EntrypointRuns): Promise<readonly RunsNode[]> {
    return this.known(parent) ?? (await this.#open(parent));
  }

  /** The runs of an entrypoint that was opened, as they were read last. */
  known(parent: EntrypointRuns): readonly RunsNode[] | undefined {
    return this.#runs.get(keyOf(parent));
  }

  /** From now on a page more of an entrypoint's runs is listed. */
  async more(parent: EntrypointRuns): Promise<void> {
    this.#wanted.set(keyOf(parent), (this.#wanted.get(keyOf(parent)) ?? PAGE) + PAGE);
    await this.#open(parent);
  }

  async #open(parent: EntrypointRuns): Promise<readonly RunsNode[]> {
    const runs = await this.#list(await this.server(), parent);
    this.#runs.set(keyOf(parent), runs);
    return runs;
  }

  async #list(server: AgentServer, parent: EntrypointRuns): Promise<readonly RunsNode[]> {
    if (parent.found !== undefined) {
      return parent.found.map(({ run, excerpt }): RunNode => ({ kind: 'run', run, excerpt }));
    }
    const wanted = this.#wanted.get(keyOf(parent)) ?? PAGE;
    const question = { ...queryOf(this.filter), configUri: parent.configUri, tag: parent.group.tag };
    const runs: HistorySummary[] = [];
    let before: string | null | undefined;
    while (before !== null && runs.length < wanted) {
      const limit = Math.min(wanted - runs.length, LARGEST_PAGE);
      const place = before === undefined ? {} : { before };
      const page = await server.request('runagent/history/list', { ...question, limit, ...place });
      runs.push(...page.runs);
      before = page.next;
    }
    const nodes = runs.map((run): RunNode => ({ kind: 'run', run }));
    return before === null ? nodes : [...nodes, { kind: 'more', parent }];
  }

  async #search(server: AgentServer, text: string): Promise<EntrypointRuns[]> {
    const question = { ...queryOf(this.filter), text, limit: MOST_FOUND };
    const { matches } = await server.request('runagent/history/search', question);
    const groups = new Map<string, HistoryMatch[]>();
    for (const match of matches) {
      const key = `${match.run.configUri ?? ''}#${match.run.tag}`;
      groups.set(key, [...(groups.get(key) ?? []), match]);
    }
    return [...groups.values()].map((found) => foundRuns(found)).filter((group) => group !== undefined);
  }
}

function entrypointRuns(group: HistoryGroup, found?: readonly HistoryMatch[]): EntrypointRuns {
  const { configUri, tag } = group;
  return { kind: 'entrypointRuns', configUri, tag, group, ...(found === undefined ? {} : { found }) };
}

/** What was found of one entrypoint, newest first. */
function foundRuns(found: readonly HistoryMatch[]): EntrypointRuns | undefined {
  const newest = found[0]?.run;
  if (newest === undefined) return undefined;
  const { configUri, tag, state, startedAt } = newest;
  return entrypointRuns({ configUri, tag, state, startedAt, runs: found.length }, found);
}

export function keyOf({ configUri, group }: EntrypointRuns): string {
  return `${configUri ?? ''}#${group.tag}`;
}

/** Entrypoints that came with the latest first, by agent; the agents of the workspace come first. */
function byAgent(entrypoints: readonly EntrypointRuns[], workspace: readonly string[]): AgentRuns[] {
  const agents = new Map<string | null, EntrypointRuns[]>();
  for (const entrypoint of entrypoints) {
    const { configUri } = entrypoint;
    agents.set(configUri, [...(agents.get(configUri) ?? []), entrypoint]);
  }
  const all = [...agents].map(([configUri, groups]): AgentRuns => ({ kind: 'agentRuns', configUri, groups }));
  const isHere = ({ configUri }: AgentRuns) => configUri !== null && workspace.includes(configUri);
  return [...all.filter(isHere), ...all.filter((agent) => !isHere(agent))];
}

/**
 * The runs that a command is about, by what it was called with: the row that was clicked, or all that are selected when
 * it is one of them; by a key nothing, which means what is selected. A row that was replaced at the moment of the click
 * comes as undefined: it means no other row.
 */
export function chosenRuns(called: readonly unknown[], selection: readonly RunsNode[]): HistorySummary[] {
  const [clicked, selected] = called;
  const several: readonly unknown[] = Array.isArray(selected) ? selected : [];
  const rows = called.length === 0 ? selection : several.includes(clicked) ? several : [clicked];
  return rows.filter(isRun).map(({ run }) => run);
}

function isRun(node: unknown): node is RunNode {
  return typeof node === 'object' && node !== null && (node as RunNode).kind === 'run';
}
