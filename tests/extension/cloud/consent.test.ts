import { describe, expect, it } from 'vitest';
import { CloudConsent } from '../../../extension/src/cloud/consent';

function memory(first?: unknown) {
  let stored = first;
  return {
    get: () => stored,
    update: async (_key: string, value: unknown) => {
      stored = value;
    },
  };
}

describe('the consent to run in the cloud', () => {
  it('is asked for each address once, and remembered', async () => {
    const store = memory();
    const consent = new CloudConsent(store);
    expect(consent.isGiven('https://one')).toBe(false);
    await consent.give('https://one');
    await consent.give('https://one');
    await consent.give('https://two');
    const later = new CloudConsent(store);
    expect(later.isGiven('https://one')).toBe(true);
    expect(later.isGiven('https://two')).toBe(true);
    expect(later.isGiven('https://three')).toBe(false);
    expect(store.get()).toHaveLength(2);
  });

  it.each([null, 'https://one', { 0: 'https://one' }, [1]])('is not read out of %j', (stored) => {
    expect(new CloudConsent(memory(stored)).isGiven('https://one')).toBe(false);
  });
});
