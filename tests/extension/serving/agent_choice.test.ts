import { describe, expect, it } from 'vitest';
import type { Project } from '../../../extension/src/server/protocol.generated';
import { agentOf, agentsInOrder, shownAgent } from '../../../extension/src/serving/agent_choice';

function project(folder: string): Project {
  const rootUri = `file:///w/${folder}`;
  const configUri = `${rootUri}/runagent.config.json`;
  return { configUri, rootUri, name: folder, agentId: null, framework: null, entrypoints: [] };
}
const one = project('one');
const two = project('two');
const all = [one, two];

describe('the agent that is meant', () => {
  it('is the one that the argument names', () => {
    expect(agentOf(all, { configUri: two.configUri, tag: 'x' })).toBe(two);
    for (const argument of [undefined, null, 'two', { configUri: 'file:///gone' }, {}]) {
      expect(agentOf(all, argument)).toBeUndefined();
    }
  });

  it('stands first when one of its files is edited', () => {
    expect(agentsInOrder(all, 'file:///w/two/main.py')).toEqual([two, one]);
    expect(agentsInOrder(all, 'file:///elsewhere.py')).toEqual(all);
    expect(agentsInOrder(all, undefined)).toEqual(all);
  });

  it('stays in the status bar while something else is edited', () => {
    expect(shownAgent(all, undefined, undefined)).toBe(one);
    expect(shownAgent(all, 'file:///w/two/main.py', one.configUri)).toBe(two);
    expect(shownAgent(all, 'file:///elsewhere.py', two.configUri)).toBe(two);
    expect(shownAgent(all, undefined, 'file:///gone')).toBe(one);
    expect(shownAgent([], undefined, undefined)).toBeUndefined();
  });
});
