import { describe, expect, it } from 'vitest';
import { readFilter } from '../../../extension/src/history/run_filter';
import {
  chosenRuns,
  type EntrypointRuns,
  PAGE,
  RunGroups,
  type RunsNode,
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

  constructor(public runs: readonly HistorySummary[]) {}

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
  await groups.read([HERE]);
  const [agent] = groups.agents;
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
    const listed = new RunGroups(shelf.server);
    await listed.read([HERE]);
    const { agents } = listed;
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
    await groups.more(parent);
    expect((await groups.runs(parent)).length).toBe(PAGE * 2 + 1);
    await groups.more(parent);
    const all = await groups.runs(parent);
    expect(ids(all)).toEqual(shelf.runs.map(({ historyId }) => historyId));
  });

  it('never asks for more at once than the server gives', async () => {
    const shelf = new Shelf(runs(600));
    const groups = new RunGroups(shelf.server);
    const parent = await entrypoint(groups);
    for (let page = 1; page < 20; page++) await groups.more(parent);
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

  it('answers with what was read last while it is read again', async () => {
    const shelf = new Shelf(runs(2));
    let hold = Promise.resolve();
    const groups = new RunGroups(async () => {
      await hold;
      return await shelf.server();
    });
    const parent = await entrypoint(groups);
    expect(ids(await groups.runs(parent))).toEqual(['greet0', 'greet1']);
    shelf.runs = [summary({ historyId: 'new', configUri: HERE }), ...shelf.runs];
    let release: () => void = () => undefined;
    hold = new Promise((resolve) => {
      release = resolve;
    });
    const reading = groups.read([HERE]);
    const asked = shelf.asked.length;
    // A view that draws its rows now does not wait for a server that takes its time.
    expect(ids(await groups.runs(parent))).toEqual(['greet0', 'greet1']);
    expect([groups.shown, shelf.asked.length]).toEqual([2, asked]);
    release();
    await reading;
    const [now] = groups.agents[0]?.groups ?? [];
    expect([now?.group.runs, ids(groups.known(now ?? parent) ?? [])]).toEqual([
      3,
      ['new', 'greet0', 'greet1'],
    ]);
    const methods = shelf.asked.slice(asked).map(([method]) => method);
    expect(methods).toEqual(['runagent/history/groups', 'runagent/history/list']);
  });

  it('reads again the runs of entrypoints that were opened, and of no others', async () => {
    const shelf = new Shelf([...runs(2), ...runs(2, { tag: 'echo' })]);
    const groups = new RunGroups(shelf.server);
    await groups.runs(await entrypoint(groups));
    shelf.runs = [...runs(1, { tag: 'echo' }), ...runs(1)];
    shelf.asked.length = 0;
    await groups.read([HERE]);
    const lists = shelf.asked.filter(([method]) => method === 'runagent/history/list');
    expect(lists.map(([, { tag }]) => tag)).toEqual(['greet']);
    shelf.runs = [];
    await groups.read([HERE]);
    expect(groups.agents).toEqual([]);
  });

  it('lists nothing when it cannot be read', async () => {
    const shelf = new Shelf(runs(2));
    let server = shelf.server;
    const groups = new RunGroups(() => server());
    const parent = await entrypoint(groups);
    await groups.runs(parent);
    server = () => Promise.reject(new Error('gone'));
    await expect(groups.read([HERE])).rejects.toThrow('gone');
    expect([groups.agents, groups.shown, groups.known(parent)]).toEqual([[], 0, undefined]);
  });

  it('knows whether new runs are kept', async () => {
    const shelf = new Shelf([]);
    const groups = new RunGroups(shelf.server);
    await groups.read([]);
    expect(groups.recording).toBe(true);
    shelf.recording = false;
    await groups.read([]);
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
    expect(idsOf(chosenRuns([first, [first, group, second]], []))).toEqual(['greet0', 'greet1']);
  });

  it('are the one it was called on, when others are selected', () => {
    expect(idsOf(chosenRuns([third, [first, second]], [first]))).toEqual(['greet2']);
    expect(idsOf(chosenRuns([third, undefined], []))).toEqual(['greet2']);
    expect(idsOf(chosenRuns([third], [first]))).toEqual(['greet2']);
  });

  it('are those that are selected, when a key was pressed', () => {
    expect(idsOf(chosenRuns([], [group, second]))).toEqual(['greet1']);
    expect(chosenRuns([], [])).toEqual([]);
  });

  it('are none, when the row that was clicked is being replaced', () => {
    expect(chosenRuns([undefined, [undefined]], [first])).toEqual([]);
    expect(chosenRuns([undefined, undefined], [first, second])).toEqual([]);
  });
});
