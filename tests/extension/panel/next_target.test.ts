import { describe, expect, it } from 'vitest';
import { nextTarget } from '../../../extension/src/panel/next_target';
import { plain } from '../plain';
import { up } from '../serving/samples';

const known = { setting: undefined, served: undefined, cloudUrl: undefined };

describe('where the next run goes', () => {
  it('is this machine, where the agent runs or is started', () => {
    expect(nextTarget({}, known, plain)).toEqual({
      kind: 'local',
      label: 'This machine',
      detail: 'the agent is started when it is needed',
      leaves: false,
    });
    expect(nextTarget({}, { ...known, served: up('ready') }, plain).detail).toBe(
      'the agent runs at 127.0.0.1:8450',
    );
    expect(nextTarget({}, { ...known, served: up('stopped') }, plain).detail).toMatch(/is started/);
  });

  it('is the address of the settings unless the page has another', () => {
    const setting = { host: 'agents.example', port: 80 };
    expect(nextTarget({}, { ...known, setting }, plain)).toEqual({
      kind: 'address',
      label: 'Agent at agents.example:80',
      detail: 'from the settings, inputs leave this machine',
      leaves: true,
    });
    const address = { host: '::1', port: 8450 };
    expect(nextTarget({ address }, { ...known, setting }, plain)).toEqual({
      kind: 'address',
      label: 'Agent at [::1]:8450',
      detail: 'chosen here, on this machine',
      leaves: false,
    });
  });

  it('is the cloud when that was chosen, whatever else is known', () => {
    const setting = { host: 'localhost', port: 80 };
    const target = nextTarget({ cloud: true }, { ...known, setting }, plain);
    expect(target).toMatchObject({ kind: 'cloud', label: 'RunAgent Cloud', leaves: true });
    const cloudUrl = 'https://cloud.example';
    expect(nextTarget({ cloud: true }, { ...known, cloudUrl }, plain).label).toBe(
      'RunAgent Cloud at https://cloud.example',
    );
  });
});
