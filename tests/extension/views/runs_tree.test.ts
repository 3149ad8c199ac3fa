import { describe, expect, it } from 'vitest';
import type { EntrypointRuns, RunsNode } from '../../../extension/src/history/run_groups';
import { timeAgo } from '../../../extension/src/history/run_item';
import type { HistorySummary, Project } from '../../../extension/src/server/protocol.generated';
import { drawnRuns, type RowContext, runsRow } from '../../../extension/src/views/runs_tree';
import { summary, target } from '../history/samples';
import { plain } from '../plain';

const CONFIG = 'file:///p/runagent.config.json';
const NOW = Date.UTC(2026, 0, 2, 12, 32, 10) / 1000;
const projects: Project[] = [
  {
    configUri: CONFIG,
    rootUri: 'file:///p',
    name: 'hello',
    agentId: 'a',
    framework: null,
    entrypoints: [{ tag: 'greet', kind: 'python', streams: false }],
  },
];
const context: RowContext = {
  projects,
  words: {
    states: {
      running: 'running',
      completed: 'completed',
      failed: 'failed',
      cancelled: 'cancelled',
      interrupted: 'interrupted',
    },
    inCloud: 'in the cloud',
    pinned: 'pinned',
  },
  translate: plain,
  locale: 'en',
  now: NOW,
  folderOf: () => 'elsewhere/agent',
  keepsSessions: () => false,
};
const group = (tag: string, configUri: string | null = CONFIG, runs = 2): EntrypointRuns => ({
  kind: 'entrypointRuns',
  configUri,
  tag,
  group: { configUri, tag, runs, startedAt: summary().startedAt, state: 'failed' },
});
const runRow = (more: Partial<HistorySummary>, excerpt?: string) =>
  runsRow({ kind: 'run', run: summary(more), ...(excerpt === undefined ? {} : { excerpt }) }, context);

describe('rows of agents and entrypoints', () => {
  it('say how many runs there are, and of which agent', () => {
    const agent: RunsNode = { kind: 'agentRuns', configUri: CONFIG, groups: [group('greet'), group('x')] };
    expect(runsRow(agent, context)).toMatchObject({ label: 'hello', description: '4 runs', expands: 'open' });
    expect(runsRow(agent, context).tooltip).toBe('hello\nelsewhere/agent\n4 runs');
    expect(runsRow(agent, { ...context, folderOf: () => 'hello' }).tooltip).toBe('hello\n4 runs');
  });

  it('tell agents that are not here, and runs without one', () => {
    const other: RunsNode = { kind: 'agentRuns', configUri: 'file:///o/c.json', groups: [group('greet')] };
    expect(runsRow(other, context)).toMatchObject({
      label: 'elsewhere/agent',
      description: 'not in this workspace · 2 runs',
      expands: 'closed',
    });
    const without: RunsNode = { kind: 'agentRuns', configUri: null, groups: [group('greet', null, 1)] };
    expect(runsRow(without, context)).toMatchObject({ label: 'Without a project', description: '1 run' });
  });

  it('say when the latest run was, and offer more only where the entrypoint is still there', () => {
    expect(runsRow(group('greet'), context)).toMatchObject({
      description: '2 runs · 2 min. ago',
      context: 'entrypointRuns',
      expands: 'closed',
    });
    expect(runsRow(group('greet'), context).tooltip).toContain('the latest failed');
    expect(runsRow(group('gone'), context).context).toBe('entrypointRuns.other');
  });

  it('are open where something was found', () => {
    expect(runsRow({ ...group('greet'), found: [] }, context).expands).toBe('open');
  });
});

describe('the row of a run', () => {
  it('says inputs, state, when and how long', () => {
    expect(runRow({})).toMatchObject({
      label: '{"name": "Ada"}',
      description: '2 min. ago · 850 ms · completed',
      context: 'run.over',
    });
  });

  it('says what went wrong instead, and where it ran', () => {
    const failed = runRow({ state: 'failed', problem: 'No\n luck.', target: { ...target, cloud: true } });
    expect(failed.label).toBe('No luck.');
    expect(failed.description).toContain('in the cloud');
    expect(failed.tooltip).toContain('{"name": "Ada"}');
  });

  it('says that it is pinned, in words too', () => {
    const pinned = runRow({ pinned: true });
    expect(pinned.description).toMatch(/ · pinned$/);
    expect([pinned.context, pinned.icon.id]).toEqual(['run.over.pinned', 'pinned']);
  });

  it('shows the place that was found, and that there were no inputs', () => {
    expect(runRow({}, '… zebra …').label).toBe('… zebra …');
    expect(runRow({ inputs: '' }).label).toBe('no inputs');
    expect(runRow({ state: 'running', elapsedMs: null }).context).toBe('run.running');
  });

  it('cuts what is long', () => {
    expect(runRow({ inputs: 'x'.repeat(1000) }).label).toHaveLength(48);
  });
});

describe('how long ago something was', () => {
  it.each([
    [0, 'now'],
    [59, 'now'],
    [60, '1 min. ago'],
    [3600, '1 hr. ago'],
    [86_400, 'yesterday'],
    [86_400 * 9, '9 days ago'],
    [-5, 'now'],
  ])('%i s', (seconds, text) => {
    expect(timeAgo(NOW - seconds, NOW, 'en')).toBe(text);
  });
});

describe('the menus of a run', () => {
  it('go by whether it goes on, is pinned, and is of an agent that keeps sessions', () => {
    const contextOf = (more: Partial<HistorySummary>, keeps = true) =>
      runsRow({ kind: 'run', run: summary(more) }, { ...context, keepsSessions: () => keeps }).context;
    expect(contextOf({}, false)).toBe('run.over');
    expect(contextOf({ pinned: true }, false)).toBe('run.over.pinned');
    expect(contextOf({ state: 'running' })).toBe('run.running.sessions');
    expect(contextOf({ pinned: true })).toBe('run.over.sessions.pinned');
    expect(contextOf({ configUri: null })).toBe('run.over');
  });
});

describe('all rows together', () => {
  const list = (...runs: HistorySummary[]) => {
    const parent = group('greet', CONFIG, runs.length);
    return {
      agents: [{ kind: 'agentRuns' as const, configUri: CONFIG, groups: [parent] }],
      known: () => runs.map((run): RunsNode => ({ kind: 'run', run })),
    };
  };
  const drawn = drawnRuns(list(summary()), context);

  it('are the same as long as nobody would see a difference', () => {
    expect(drawnRuns(list(summary()), context)).toBe(drawn);
    expect(drawnRuns(list(summary()), { ...context, now: NOW + 1 })).toBe(drawn);
  });

  it('are others when a run came, ended or was pinned, and as it grows older', () => {
    const others = [
      drawnRuns(list(summary({ historyId: 'h2' }), summary()), context),
      drawnRuns(list(summary({ state: 'running', elapsedMs: null })), context),
      drawnRuns(list(summary({ pinned: true })), context),
      drawnRuns(list(summary()), { ...context, now: NOW + 60 }),
      drawnRuns(list(summary()), { ...context, projects: [] }),
    ];
    expect(new Set([drawn, ...others]).size).toBe(6);
  });
});
