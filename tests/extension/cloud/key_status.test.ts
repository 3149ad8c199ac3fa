import { describe, expect, it } from 'vitest';
import { keyStatus } from '../../../extension/src/cloud/key_status';
import type { CloudResult } from '../../../extension/src/server/protocol.generated';
import { plain } from '../plain';

const none: CloudResult = {
  baseUrl: 'https://cloud.example',
  baseUrlSource: 'default',
  hasKey: false,
  keySource: null,
  account: null,
};

describe('keyStatus', () => {
  it('says that there is no key, and that local runs need none', () => {
    expect(keyStatus(none, plain)).toEqual({
      summary: 'No API key for RunAgent Cloud.',
      details: [
        'Running agents on this machine needs none.',
        'Runs in the cloud go to https://cloud.example.',
        'This is the public service.',
      ],
      isOurs: false,
    });
  });

  it.each([
    ['given', 'secret storage', true],
    ['stored', 'runagent setup', false],
    ['environment', 'RUNAGENT_API_KEY', false],
  ] as const)('says where a key comes from: %s', (keySource, words, isOurs) => {
    const status = keyStatus({ ...none, hasKey: true, keySource }, plain);
    expect(status.summary).toContain(words);
    expect(status.isOurs).toBe(isOurs);
    expect(status.details).not.toContain('Running agents on this machine needs none.');
  });

  it('says whose a stored key is', () => {
    const cloud: CloudResult = { ...none, hasKey: true, keySource: 'stored', account: 'ada@example.com' };
    expect(keyStatus(cloud, plain).details[0]).toBe('It belongs to ada@example.com.');
  });

  it.each([
    ['given', 'runagent.cloud.baseUrl'],
    ['stored', 'the runagent command'],
    ['environment', 'RUNAGENT_BASE_URL'],
  ] as const)('says where the address comes from: %s', (baseUrlSource, words) => {
    expect(keyStatus({ ...none, baseUrlSource }, plain).details.at(-1)).toContain(words);
  });
});
