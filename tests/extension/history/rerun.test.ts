import { describe, expect, it } from 'vitest';
import { rerunOf } from '../../../extension/src/history/rerun';
import type { Project } from '../../../extension/src/server/protocol.generated';
import { storedRun, summary, target } from './samples';

const projects: Project[] = [
  {
    configUri: 'file:///p/runagent.config.json',
    rootUri: 'file:///p',
    name: 'hello',
    agentId: 'a',
    framework: null,
    entrypoints: [{ tag: 'greet', kind: 'python', streams: false }],
  },
];

describe('running a stored run again', () => {
  it('sends the same inputs to the same entrypoint', () => {
    expect(rerunOf(storedRun({ args: [1] }), projects)).toEqual({
      kind: 'ready',
      request: {
        configUri: 'file:///p/runagent.config.json',
        tag: 'greet',
        kind: 'run',
        project: 'hello',
        inputs: { args: [1], kwargs: { name: 'Ada' } },
      },
    });
  });

  it('goes to the cloud when it did', () => {
    const cloud = summary({ target: { ...target, cloud: true } });
    expect(rerunOf(storedRun({ summary: cloud }), projects)).toMatchObject({ request: { cloud: true } });
  });

  it('asks for inputs that were not kept, and never sends a placeholder', () => {
    expect(rerunOf(storedRun({ inputsCut: true }), projects)).toMatchObject({
      kind: 'ask',
      request: { inputs: { args: [], kwargs: {} } },
    });
    const redacted = storedRun({ kwargs: { name: 'Ada', token: '[redacted]' }, redacted: true });
    expect(rerunOf(redacted, projects)).toMatchObject({
      kind: 'ask',
      request: { inputs: { kwargs: { name: 'Ada' } } },
    });
    expect(JSON.stringify(rerunOf(redacted, projects))).not.toContain('[redacted]');
  });

  it('says what is no longer there', () => {
    expect(rerunOf(storedRun(), [])).toEqual({ kind: 'impossible', reason: 'unknown-project' });
    const gone = storedRun({ summary: summary({ tag: 'old' }) });
    expect(rerunOf(gone, projects)).toEqual({ kind: 'impossible', reason: 'unknown-entrypoint' });
    const foreign = storedRun({ summary: summary({ configUri: null }) });
    expect(rerunOf(foreign, projects)).toMatchObject({ reason: 'unknown-project' });
  });
});
