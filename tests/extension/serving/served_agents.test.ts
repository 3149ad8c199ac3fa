import { beforeEach, describe, expect, it } from 'vitest';
import { answers, isUp, ServedAgents } from '../../../extension/src/serving/served_agents';
import { CONFIG, status, up } from './samples';

let changes: number;
let agents: ServedAgents;

beforeEach(() => {
  changes = 0;
  agents = new ServedAgents(() => {
    changes += 1;
  });
});

function step(message: string): void {
  agents.event({ configUri: CONFIG, kind: 'step', step: { step: 'importing', message } });
}

describe('what is known of served agents', () => {
  it('is the last status of each', () => {
    expect(agents.get(CONFIG)).toBeUndefined();
    agents.event({ configUri: CONFIG, kind: 'status', status: status('starting') });
    agents.event({ configUri: CONFIG, kind: 'status', status: up('ready') });
    agents.statusChanged({ ...up('failed'), configUri: 'file:///other' });
    expect(agents.statusOf(CONFIG)).toMatchObject({ state: 'ready', port: 8450 });
    expect(agents.statusOf('file:///other')?.state).toBe('failed');
    expect(changes).toBe(3);
  });

  it('holds the step of a start until it is over, also one that came before the first status', () => {
    step('reading the configuration');
    expect(agents.get(CONFIG)).toBeUndefined();
    agents.statusChanged(status('starting'));
    expect(agents.get(CONFIG)?.step).toBe('reading the configuration');
    step('importing main.py');
    expect(agents.get(CONFIG)?.step).toBe('importing main.py');
    agents.statusChanged(up('ready'));
    expect(agents.get(CONFIG)?.step).toBeNull();
    step('ready');
    expect(agents.get(CONFIG)?.step).toBeNull();
  });

  it('keeps what the Python lacks beside the states that follow', () => {
    const requirements = { missing: ['numpy'], command: ['pip', 'install', 'numpy'] };
    agents.statusChanged(status('starting'));
    agents.event({ configUri: CONFIG, kind: 'requirements', requirements });
    agents.statusChanged(status('failed'));
    expect(agents.get(CONFIG)?.requirements).toEqual(requirements);
    agents.statusChanged(status('starting'));
    expect(agents.get(CONFIG)?.requirements).toBeNull();
    agents.event({ configUri: CONFIG, kind: 'requirements', requirements: { missing: [], command: [] } });
    expect(agents.get(CONFIG)?.requirements).toBeNull();
  });

  it('goes with the language server', () => {
    agents.clear();
    expect(changes).toBe(0);
    agents.statusChanged(up('ready'));
    agents.clear();
    expect(agents.get(CONFIG)).toBeUndefined();
    expect(changes).toBe(2);
  });
});

describe('a status', () => {
  it.each([
    ['starting', false, true],
    ['ready', true, true],
    ['reloading', true, true],
    ['stale', true, true],
    ['stopping', false, false],
    ['stopped', false, false],
    ['failed', false, false],
  ] as const)('%s: answers %s, is up %s', (state, doesAnswer, isRunning) => {
    expect(answers(status(state))).toBe(doesAnswer);
    expect(isUp(status(state))).toBe(isRunning);
  });

  it('that is not there is neither', () => {
    expect(answers(undefined) || isUp(undefined)).toBe(false);
  });
});
