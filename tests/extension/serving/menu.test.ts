import { describe, expect, it } from 'vitest';
import { menuRows } from '../../../extension/src/serving/menu';
import type { ServedAgent } from '../../../extension/src/serving/served_agents';
import { plain } from '../plain';
import { FAILURE, served, status, up } from './samples';

function actions(agent: ServedAgent | undefined, trusted = true): string[] {
  return menuRows(agent, trusted, plain).map(({ action }) => action);
}

describe('the menu of an agent', () => {
  it('serves one that is not served', () => {
    const rows = ['start', 'startRegistered', 'debug', 'verify', 'showLog'];
    expect(actions(undefined)).toEqual(rows);
    expect(actions(served(status('stopped')))).toEqual(rows);
  });

  it('stops and restarts one that is', () => {
    const rows = ['restart', 'stop', 'debug', 'verify', 'showLog', 'copyAddress'];
    expect(actions(served(up('ready')))).toEqual(rows);
    expect(actions(served(up('reloading')))).toEqual(rows);
  });

  it('stops one that is still on its way, which has no address yet', () => {
    expect(actions(served(status('starting')))).toEqual(['restart', 'stop', 'debug', 'verify', 'showLog']);
  });

  it('leaves one alone that somebody else serves', () => {
    expect(actions(served(up('ready', { own: false })))).toEqual([
      'debug',
      'verify',
      'showLog',
      'copyAddress',
    ]);
  });

  it('leads to the error first', () => {
    const rows = menuRows(served(up('stale', { failure: FAILURE })), true, plain);
    expect(rows[0]).toMatchObject({ action: 'showFailure', description: 'invalid syntax (main.py, line 4)' });
    expect(actions(served(status('failed', { failure: { ...FAILURE, frames: [] } })))[0]).toBe('start');
  });

  it('offers to install what is missing', () => {
    const requirements = { missing: ['numpy', 'rich>=13'], command: ['pip'] };
    const [first] = menuRows(served(status('failed'), { requirements }), true, plain);
    expect(first).toMatchObject({ action: 'install', description: 'numpy, rich>=13' });
  });

  it('executes nothing in Restricted Mode', () => {
    const requirements = { missing: ['numpy'], command: ['pip'] };
    expect(actions(served(status('failed'), { requirements }), false)).toEqual(['manageTrust', 'showLog']);
  });
});
