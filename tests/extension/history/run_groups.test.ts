import { describe, expect, it } from 'vitest';
import { readFilter } from '../../../extension/src/history/run_filter';
import {
  type EntrypointRuns,
  PAGE,
  RunGroups,
  type RunsNode,
  selectedRuns,
} from '../../../extension/src/history/run_groups';
import type { AgentServer } from '../../../extension/src/server/agent_server';
import type { HistoryGroup, HistorySummary } from '../../../extension/src/server/protocol.generated';
import { summary } from './samples';

const HERE = 'file:///here/runagent.config.json';
const THERE = 'file:///there/runagent.config.json';

/** A server with these runs, newest first, that pages and counts as the real one does. */
class Shelf {
  readonly asked: [string, Record<string, unknown>][] = [];
  recording = true;

  constructor(readonly runs: readonly HistorySummary[]) {}

  server = (): Promise<AgentServer> => {
    const request = (method: string, params: Record<string, unknown>) => {
      this.asked.push([method, params]);
      return Promise.resolve(this.#answer(method, params));
    };
    return Promise.resolve({ request, notify: () => undefined } as unknown as AgentServer);
  };

  #answer(method: string, params: Record<string, unknown>): unknown {
    const fitting = this.runs.filter(
      (run) =>
        ['state', 'tag', 'pinned', 'configUri'].every(
          (name) => !(name in params) || params[name] === run[name as keyof HistorySummary],
        ) &&
        (typeof params['text'] !== 'string' || run.inputs.includes(params['text'])),
    );
    if (method === 'runagent/history/groups')
      return { groups: this.#groups(fitting), recording: this.recording };
    if (method === 'runagent/history/search') {
      return { matches: fitting.map((run) => ({ run, where: 'inputs', excerpt: `… ${run.inputs} …` })) };
    }
    const from = Number(params['before'] ?? 0);
    const end = from + Number(params['limit']);
    return { runs: fitting.slice(from, end), next: end < fitting.length ? String(end) : null };
  }

  #groups(runs: readonly HistorySummary[]): HistoryGroup[] {
    const groups = new Map<string, HistoryGroup>();
    for (const { configUri, tag, startedAt, state } of runs) {
      const key = `${configUri}#${tag}`;
      const known = groups.get(key) ?? { configUri, tag, startedAt, state, runs: 0 };
      groups.set(key, { ...known, runs: known.runs + 1 });
    }
    return [...groups.values()];
  }
}

function runs(count: number, more: Partial<HistorySummary> = {}): HistorySummary[] {
  return Array.from({ length: count }, (_, index) =>
    summary({ historyId: `${more.tag ?? 'greet'}${index}`, configUri: HERE, ...more }),
  );
}

async function entrypoint(groups: RunGroups): Promise<EntrypointRuns> {
  const [agent] = await groups.agents([HERE]);
  const [first] = agent?.groups ?? [];
  if (first === undefined) throw new Error('no entrypoint');
  return first;
}

const ids = (nodes: readonly RunsNode[]) =>
  nodes.map((node) => (node.kind === 'run' ? node.run.historyId : node.kind));

describe('the history as a tree', () => {
  it('has agents of the workspace first, others after them, each with its entrypoints', async () => {
    const shelf = new Shelf([
      ...runs(1, { configUri: THERE }),
      ...runs(1, { configUri: null, tag: 'x' }),
      ...runs(2),
      ...runs(1, { tag: 'echo' }),
    ]);
    const agents = await new RunGroups(shelf.server).agents([HERE]);
    expect(
      agents.map(({ configUri, groups }) => [configUri, groups.map(({ tag, group }) => [tag, group.runs])]),
    ).toEqual([
      [
        HERE,
        [
          ['greet', 2],
          ['echo', 1],
        ],
      ],
      [THERE, [['greet', 1]]],
      [null, [['x', 1]]],
    ]);
  });

  it('asks for the runs of an entrypoint when it is opened, page by page', async () => {
    const shelf = new Shelf(runs(PAGE * 2 + 1));
    const groups = new RunGroups(shelf.server);
    const parent = await entrypoint(groups);
    expect(shelf.asked.map(([method]) => method)).toEqual(['runagent/history/groups']);
    expect(ids(await groups.runs(parent))).toEqual([
      ...ids(await groups.runs(parent)).slice(0, PAGE),
      'more',
    ]);
    groups.more(parent);
    expect((await groups.runs(parent)).length).toBe(PAGE * 2 + 1);
    groups.more(parent);
    const all = await groups.runs(parent);
    expect(ids(all)).toEqual(shelf.runs.map(({ historyId }) => historyId));
  });

  it('never asks for more at once than the server gives', async () => {
    const shelf = new Shelf(runs(600));
    const groups = new RunGroups(shelf.server);
    const parent = await entrypoint(groups);
    for (let page = 1; page < 20; page++) groups.more(parent);
    const nodes = await groups.runs(parent);
    expect(ids(nodes)).toEqual([...shelf.runs.slice(0, 500).map(({ historyId }) => historyId), 'more']);
    const limits = shelf.asked.flatMap(([, { limit }]) => (limit === undefined ? [] : [Number(limit)]));
    expect(Math.max(...limits)).toBeLessThanOrEqual(200);
  });

  it('holds only the runs that fit the filter, and counts them', async () => {
    const shelf = new Shelf([...runs(3), ...runs(2, { tag: 'echo', state: 'failed', historyId: 'f' })]);
    const groups = new RunGroups(shelf.server);
    groups.filter = readFilter('@failed');
    const parent = await entrypoint(groups);
    expect([parent.tag, groups.shown]).toEqual(['echo', 2]);
    expect((await groups.runs(parent)).length).toBe(2);
  });

  it('holds the runs that were found by their words, with the place', async () => {
    const shelf = new Shelf([...runs(2), ...runs(1, { tag: 'echo', inputs: 'zebra' })]);
    const groups = new RunGroups(shelf.server);
    groups.filter = readFilter('zebra');
    const parent = await entrypoint(groups);
    expect(await groups.runs(parent)).toMatchObject([{ kind: 'run', excerpt: '… zebra …' }]);
    expect([parent.tag, groups.shown]).toEqual(['echo', 1]);
  });

  it('knows whether new runs are kept', async () => {
    const shelf = new Shelf([]);
    const groups = new RunGroups(shelf.server);
    await groups.agents([]);
    expect(groups.recording).toBe(true);
    shelf.recording = false;
    await groups.agents([]);
    expect(groups.recording).toBe(false);
  });
});

describe('the runs that a command is about', () => {
  const [first, second, third] = runs(3).map((run): RunsNode => ({ kind: 'run', run })) as [
    RunsNode,
    RunsNode,
    RunsNode,
  ];
  const group = { kind: 'more' } as RunsNode;
  const idsOf = (found: readonly HistorySummary[]) => found.map(({ historyId }) => historyId);

  it('are all that are selected, when it was called on one of them', () => {
    expect(idsOf(selectedRuns(first, [first, group, second], []))).toEqual(['greet0', 'greet1']);
  });

  it('are the one it was called on, when others are selected', () => {
    expect(idsOf(selectedRuns(third, [first, second], [first]))).toEqual(['greet2']);
    expect(idsOf(selectedRuns(third, undefined, []))).toEqual(['greet2']);
  });

  it('are those that are selected, when a key was pressed', () => {
    expect(idsOf(selectedRuns(undefined, undefined, [group, second]))).toEqual(['greet1']);
    expect(selectedRuns(undefined, undefined, [])).toEqual([]);
  });
});
