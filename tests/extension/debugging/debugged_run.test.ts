import { describe, expect, it } from 'vitest';
import { debuggedRun } from '../../../extension/src/debugging/debugged_run';
import type { RunRequest } from '../../../extension/src/runs/run';

const request: RunRequest = {
  configUri: 'file:///agent/runagent.config.json',
  project: 'agent',
  tag: 'greet',
  kind: 'run',
  inputs: { args: [], kwargs: { name: 'Ada' } },
};
const served = { host: '127.0.0.1', port: 8451 };
const elsewhere = { host: 'gpu.example', port: 80 };
const unlimited = { idle: null, total: null };

describe('debuggedRun', () => {
  it('goes to the agent that is served here, and has all the time of the world', () => {
    expect(debuggedRun(request, served, undefined)).toEqual({ ...request, instead: { timeouts: unlimited } });
    const chosen = { userId: 'ada', persistentMemory: false, timeouts: { connect: 3, total: 1 } };
    const run = debuggedRun({ ...request, ...chosen }, served, undefined);
    expect(run).toMatchObject(chosen); // for the next one
    expect(run.instead).toEqual({ ...chosen, timeouts: { connect: 3, ...unlimited } });
  });

  it.each([{ cloud: true }, { address: elsewhere }])('does not go where the page says: %j', (chosen) => {
    const { instead } = debuggedRun({ ...request, ...chosen }, served, undefined);
    expect(instead).toEqual({ timeouts: unlimited });
  });

  it('does not go where the settings say', () => {
    expect(debuggedRun(request, served, elsewhere).instead?.address).toEqual(served);
    expect(debuggedRun(request, {}, elsewhere).instead?.address).toBeUndefined();
  });
});
