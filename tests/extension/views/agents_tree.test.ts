import { describe, expect, it } from 'vitest';
import type { Project } from '../../../extension/src/server/protocol.generated';
import {
  type AgentNode,
  agentNodes,
  agentRow,
  childrenOf,
  entrypointRow,
  nothingRow,
} from '../../../extension/src/views/agents_tree';
import { marked, plain } from '../plain';
import { CONFIG, FAILURE, served, status, up } from '../serving/samples';

const project: Project = {
  configUri: CONFIG,
  rootUri: 'file:///p',
  name: 'hello',
  agentId: 'a',
  framework: 'default',
  entrypoints: [
    {
      tag: 'greet',
      kind: 'python',
      streams: false,
      signature: '(name: str) -> str',
      documentation: 'Say hello.',
    },
    { tag: 'count_stream', kind: 'python', streams: true },
    { tag: 'greet', kind: 'python', streams: false },
    { tag: 'odd', kind: 'unknown', streams: false },
  ],
};
const [agent] = agentNodes([project]) as [AgentNode];
const NONE = { errors: 0, warnings: 0 };
const row = (of: Parameters<typeof served>[0] | undefined, problems = NONE) =>
  agentRow(agent, 'agents/hello', of === undefined ? undefined : served(of), problems, plain);

describe('the row of an agent', () => {
  it('says nothing beside its name while nobody serves it', () => {
    expect(row(undefined)).toMatchObject({ label: 'hello', description: '', context: 'agent.idle' });
    expect(row(status('stopped')).context).toBe('agent.idle');
  });

  it.each([
    ['starting', 'starting', 'agent.busy'],
    ['ready', ':8450', 'agent.up'],
    ['reloading', ':8450 reloading', 'agent.up'],
    ['stale', ':8450 stale', 'agent.up'],
    ['stopping', 'stopping', 'agent.busy'],
    ['failed', 'failed', 'agent.idle'],
  ] as const)('says that its server is %s', (state, description, context) => {
    expect(row(up(state))).toMatchObject({ description, context });
  });

  it('tells in words what the signs mean, and why it failed', () => {
    const failed = row(up('failed', { failure: FAILURE }));
    expect(failed.tooltip).toContain('hello (agents/hello)');
    expect(failed.tooltip).toContain('Not served, because it failed');
    expect(failed.tooltip).toContain('invalid syntax (main.py, line 4)');
    expect(failed.tooltip).not.toContain('more');
    expect(row(up('ready', { debugPort: 5678 })).tooltip).toContain('for debugging');
  });

  it('says what the framework is, and the name once where the folder has it', () => {
    expect(row(up('ready')).tooltip).toContain('Framework: default');
    const { tooltip } = agentRow(agent, 'hello', undefined, NONE, plain);
    expect(tooltip.split('\n')[0]).toBe('hello');
  });

  it('offers to stop only what is our own', () => {
    const foreign = row(up('ready', { own: false }));
    expect(foreign.context).toBe('agent.foreign');
    expect(foreign.tooltip).toContain('by another editor or a terminal');
  });

  it('counts what is wrong in its files', () => {
    expect(row(undefined, { errors: 1, warnings: 0 }).description).toBe('1 error');
    expect(row(up('ready'), { errors: 2, warnings: 1 }).description).toBe(':8450 · 2 errors, 1 warning');
    expect(row(undefined, { errors: 0, warnings: 3 }).tooltip).toContain('3 warnings');
  });

  it('translates every word', () => {
    const { description, tooltip } = agentRow(agent, 'f', served(up('stale')), NONE, marked);
    expect(description).toBe('«:8450 stale»');
    expect(tooltip.split('\n')[1]).toMatch(/^«.*»$/);
  });
});

describe('the rows below an agent', () => {
  const children = childrenOf(agent);

  it('are what can be called: of equal tags the first', () => {
    expect(children.map((child) => 'tag' in child && child.tag)).toEqual(['greet', 'count_stream', 'odd']);
    expect(children.every(({ configUri }) => configUri === CONFIG)).toBe(true);
  });

  it('show the signature, and what menus need to know', () => {
    const rows = children.flatMap((child) =>
      child.kind === 'entrypoint' ? [entrypointRow(child, plain)] : [],
    );
    expect(rows).toMatchObject([
      { label: 'greet', description: '(name: str) -> str', context: 'entrypoint.run.python' },
      { label: 'count_stream', context: 'entrypoint.stream.python' },
      { label: 'odd', context: 'entrypoint.unknown' },
    ]);
    expect(rows[0]?.tooltip).toBe('greet(name: str) -> str\ngives one result\nSay hello.');
    expect(rows[1]).not.toHaveProperty('description');
    expect(new Set(rows.map(({ id }) => id)).size).toBe(3);
  });

  it('say that there is none', () => {
    const [empty] = agentNodes([{ ...project, entrypoints: [] }]) as [AgentNode];
    const [nothing] = childrenOf(empty);
    expect(nothing?.kind).toBe('nothing');
    expect(nothing?.kind === 'nothing' && nothingRow(nothing, plain).label).toBe('No entrypoints yet');
    expect(nothing && childrenOf(nothing)).toEqual([]);
  });

  it('lead to the errors of the configuration where none can be read for them', () => {
    const firstError = { uri: CONFIG, line: 3, character: 2 };
    const [broken] = agentNodes([{ ...project, entrypoints: [], firstError }]) as [AgentNode];
    const [nothing] = childrenOf(broken);
    if (nothing?.kind !== 'nothing') throw new Error('there is no row below the agent');
    expect(nothingRow(nothing, plain)).toMatchObject({
      label: 'The configuration has errors',
      description: 'go to the first one',
      icon: { id: 'error' },
    });
  });
});
