import { describe, expect, it } from 'vitest';
import {
  batchOptionRows,
  batchOptions,
  outputFor,
  readConcurrency,
} from '../../../extension/src/batch/batch_choices';
import { Batches } from '../../../extension/src/batch/batches';
import { increment, progressText } from '../../../extension/src/batch/progress_text';
import type { BatchProgressParams } from '../../../extension/src/server/protocol.generated';
import { plain } from '../plain';

const progress = (more: Partial<BatchProgressParams> = {}): BatchProgressParams => ({
  runId: 'r',
  done: 3,
  total: 10,
  failed: 0,
  running: 2,
  rate: 1,
  etaS: 7,
  paused: false,
  ...more,
});

describe('what a batch asks for', () => {
  it('puts the results beside the inputs', () => {
    expect(outputFor('/p/data/names.jsonl', 'greet')).toBe('/p/data/names.greet.results.jsonl');
    expect(outputFor('/p/names.csv', '../x')).toBe('/p/names.___x.results.jsonl');
  });

  it.each([
    ['1', 1],
    [' 64 ', 64],
  ])('takes %j calls at once', (text, value) => {
    expect(readConcurrency(text, plain)).toEqual({ value });
  });

  it.each(['', '0', '65', '-1', '2.5', '1e1', 'many'])('takes no %j', (text) => {
    expect(readConcurrency(text, plain)).toEqual({ problem: 'Type a whole number from 1 to 64.' });
  });
});

describe('how a batch is run', () => {
  it('repeats what may have run, reorders and shares only when that is chosen', () => {
    const usual = batchOptionRows(plain).filter(({ picked }) => picked);
    expect(batchOptions(usual.map(({ id }) => id))).toEqual({
      retries: 2,
      repeatUnsafe: false,
      ordered: false,
      deduplicate: false,
    });
  });

  it('tries nothing again when that is not chosen', () => {
    expect(batchOptions([])).toMatchObject({ retries: 0, repeatUnsafe: false });
  });

  it('tries again whatever may be repeated', () => {
    expect(batchOptions(['repeat-unsafe'])).toMatchObject({ retries: 2, repeatUnsafe: true });
    expect(batchOptions(['ordered', 'deduplicate'])).toMatchObject({ ordered: true, deduplicate: true });
  });
});

describe('the progress of a batch', () => {
  const words = {
    done: '{0} done',
    doneOf: '{0} of {1} done',
    failed: '{0} failed',
    left: 'about {0} left',
    paused: 'waiting',
  };

  it.each<[Partial<BatchProgressParams>, string]>([
    [{}, '3 of 10 done · about 7 s left'],
    [{ etaS: 125 }, '3 of 10 done · about 2 min 05 s left'],
    [{ failed: 2, etaS: null }, '3 of 10 done · 2 failed'],
    [{ total: null, etaS: null }, '3 done'],
    [{ paused: true, notice: 'One at a time.' }, '3 of 10 done · waiting · One at a time.'],
  ])('%j', (more, text) => {
    expect(progressText(progress(more), words)).toBe(text);
  });

  it('moves the bar by what was done since', () => {
    expect(increment(progress(), 1)).toBe(20);
    expect(increment(progress({ total: null }), 1)).toBe(0);
    expect(increment(progress({ total: 0, done: 0 }), 0)).toBe(0);
  });

  it('reaches the batch it belongs to, until that ends', async () => {
    const batches = new Batches();
    const heard: number[] = [];
    const work = async () => {
      batches.progress(progress());
      batches.progress(progress({ runId: 'other', done: 9 }));
      throw new Error('it failed');
    };
    await expect(batches.listening('r', ({ done }) => heard.push(done), work)).rejects.toThrow('it failed');
    batches.progress(progress({ done: 4 }));
    expect(heard).toEqual([3]);
  });
});
