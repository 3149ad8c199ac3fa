import { describe, expect, it } from 'vitest';
import { runRow } from '../../../extension/src/history/run_item';
import { summary, target } from './samples';

const words = {
  states: {
    running: 'running',
    completed: 'completed',
    failed: 'failed',
    cancelled: 'cancelled',
    interrupted: 'interrupted',
  },
  inCloud: 'in the cloud',
  pinned: 'pinned',
};

describe('a row of the history', () => {
  it('says the state in words too, the time and the inputs', () => {
    const row = runRow(summary(), words, 'en');
    expect(row.label).toBe('$(pass) greet');
    expect(row.description).toMatch(/^completed · Jan 2, 2026, .+ · 850 ms$/);
    expect(row.detail).toBe('{"name": "Ada"}');
  });

  it('says that it ran in the cloud, and what went wrong', () => {
    const failed = summary({
      state: 'failed',
      problem: 'No\n  luck.',
      elapsedMs: null,
      target: { ...target, cloud: true },
    });
    const row = runRow(failed, words, 'en');
    expect(row.description).toMatch(/^failed · .+ · in the cloud$/);
    expect(row.detail).toBe('No luck.');
  });

  it('says that it is pinned, in words too', () => {
    const row = runRow(summary({ pinned: true }), words, 'en');
    expect(row.label).toBe('$(pass) greet $(pinned)');
    expect(row.description).toMatch(/ · pinned$/);
    expect(runRow(summary(), words, 'en').description).not.toContain('pinned');
  });

  it('shows where a searched text was found, without icons that are not ours and not without end', () => {
    const row = runRow(summary(), words, 'en', { excerpt: `$(trash) ${'x'.repeat(1000)}` });
    expect(row.detail).toMatch(/^\$ \(trash\) x+…$/);
    expect(row.detail.length).toBeLessThanOrEqual(160);
  });
});
