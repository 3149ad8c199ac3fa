import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { withDeadline } from '../../../extension/src/python/deadline';
import {
  climb,
  describeAttempts,
  noPythonMessage,
  type Probe,
  type Rung,
  survey,
} from '../../../extension/src/python/ladder';
import { plain } from '../plain';

const never = () => new Promise<never>(() => undefined);

function rung(name: string, candidates: Rung['candidates']): Rung {
  return { name, limitMs: 1000, candidates };
}

const probe: Probe = async (executable) => {
  const version = /(\d+)\.(\d+)\.(\d+)$/.exec(executable);
  if (executable.includes('hang')) return never();
  if (version === null) return { problem: 'is not a Python' };
  return { version: [Number(version[1]), Number(version[2]), Number(version[3])], executable };
};

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('climbing', () => {
  it('takes the first suitable Python and asks no later rung', async () => {
    const later = vi.fn(async () => ['/py-3.13.0']);
    const result = await climb(
      [
        rung('the setting', async () => ({ absent: 'is not set' })),
        rung('.venv', async () => ['/old-3.10.9', '/py-3.11.0']),
        rung('the PATH', later),
      ],
      probe,
      plain,
    );
    expect(result.interpreter).toEqual({ executable: '/py-3.11.0', version: '3.11.0', origin: '.venv' });
    expect(later).not.toHaveBeenCalled();
    expect(describeAttempts(result.tried)).toEqual([
      'the setting is not set',
      '/old-3.10.9 (.venv) is Python 3.10.9, but 3.11 or newer is needed',
    ]);
  });

  it.each([
    ['never says where to look', rung('slow', never)],
    ['names a Python that hangs', rung('slow', async () => ['/hang'])],
  ])('goes on when a rung %s', async (_what, slow) => {
    const climbing = climb([slow, rung('the PATH', async () => ['/py-3.12.0'])], probe, plain);
    await vi.advanceTimersByTimeAsync(1000);
    const result = await climbing;
    expect(result.interpreter?.executable).toBe('/py-3.12.0');
    expect(describeAttempts(result.tried)).toEqual(['slow gave no answer within 1 s']);
  });

  it('goes on when a rung fails', async () => {
    const broken = rung('broken', () => Promise.reject(new Error('activation failed')));
    const result = await climb([broken, rung('the PATH', async () => ['/py-4.0.0'])], probe, plain);
    expect(result.interpreter?.version).toBe('4.0.0');
    expect(describeAttempts(result.tried)).toEqual(['broken failed: Error: activation failed']);
  });

  it('adds nothing to the report after a rung was given up', async () => {
    let answer: (candidates: string[]) => void = () => undefined;
    const late = rung('late', () => new Promise((resolve) => (answer = resolve)));
    const climbing = climb([late], probe, plain);
    await vi.advanceTimersByTimeAsync(1000);
    const { tried } = await climbing;
    answer(['/nonsense']);
    await vi.runAllTimersAsync();
    expect(tried).toHaveLength(1);
  });

  it('names everything it tried when there is none', async () => {
    const result = await climb(
      [
        rung('the setting', async () => ({ absent: 'is not set' })),
        rung('the PATH', async () => ['/py-2.7.18', '/x']),
      ],
      probe,
      plain,
    );
    expect(result.interpreter).toBeUndefined();
    expect(noPythonMessage(result.tried, plain)).toBe(
      'RunAgent needs Python 3.11 or newer and found none. Tried: the setting is not set; ' +
        '/py-2.7.18 (the PATH) is Python 2.7.18, but 3.11 or newer is needed; /x (the PATH) is not a Python.',
    );
  });
});

describe('a survey', () => {
  it('lists every suitable Python once, and waits for no rung longer than its limit', async () => {
    const surveying = survey(
      [
        rung('.venv', async () => ['/py-3.12.0']),
        rung('slow', async () => ['/py-3.14.0', '/hang', '/py-3.15.0']),
        rung('the PATH', async () => ['/py-3.12.0', '/py-3.9.1', '/py-3.13.0']),
        rung('none', async () => ({ absent: 'is not there' })),
      ],
      probe,
    );
    await vi.advanceTimersByTimeAsync(1000);
    expect((await surveying).map(({ executable, origin }) => [executable, origin])).toEqual([
      ['/py-3.12.0', '.venv'],
      ['/py-3.14.0', 'slow'],
      ['/py-3.13.0', 'the PATH'],
    ]);
  });
});

describe('withDeadline', () => {
  it('tells the work to stop', async () => {
    let signal: AbortSignal | undefined;
    const waiting = withDeadline(1000, (given) => {
      signal = given;
      return never();
    });
    const failed = expect(waiting).rejects.toThrow('no answer within 1 s');
    await vi.advanceTimersByTimeAsync(1000);
    await failed;
    expect(signal?.aborted).toBe(true);
  });

  it('leaves no timer behind', async () => {
    await withDeadline(1000, async () => 'done');
    expect(vi.getTimerCount()).toBe(0);
  });
});
