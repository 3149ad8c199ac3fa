import { describe, expect, it } from 'vitest';
import { isShared, targetParts } from '../../../extension/src/panel/target_text';
import type { Target } from '../../../extension/src/server/protocol.generated';

const words = {
  ranOn: 'Agent at {0}',
  ranInCloud: 'Cloud at {0}',
  onThisMachine: 'on this machine',
  leftTheMachine: 'inputs leave',
  copiesToCloud: 'a copy leaves',
  sources: {
    explicit: 'chosen',
    setting: 'settings',
    registry: 'registry',
    served: 'served',
    cloud: 'chosen',
  },
};
const local: Target = {
  host: '::1',
  port: 1,
  agentId: null,
  source: 'registry',
  leavesMachine: false,
  cloud: false,
  address: '[::1]:1',
  copiesToCloud: null,
};

describe('where a run goes', () => {
  it.each<[Partial<Target>, string[], boolean]>([
    [{}, ['Agent at [::1]:1', 'registry', 'on this machine'], false],
    [{ copiesToCloud: true }, ['Agent at [::1]:1', 'registry', 'on this machine', 'a copy leaves'], true],
    [
      { address: 'far:1', leavesMachine: true, source: 'setting' },
      ['Agent at far:1', 'settings', 'inputs leave'],
      true,
    ],
    [
      { cloud: true, source: 'cloud', leavesMachine: true, address: 'https://c/$&' },
      ['Cloud at https://c/$&', 'chosen', 'inputs leave'],
      true,
    ],
  ])('%j', (more, parts, shared) => {
    const target = { ...local, ...more };
    expect(targetParts(target, words)).toEqual(parts);
    expect(isShared(target)).toBe(shared);
  });
});
