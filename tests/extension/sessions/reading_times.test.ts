import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ReadingTimes } from '../../../extension/src/sessions/reading_times';
import { CONFIG } from './samples';

let read: string[];
let times: ReadingTimes;

beforeEach(() => {
  vi.useFakeTimers();
  read = [];
  times = new ReadingTimes((configUri) => read.push(configUri));
});
afterEach(() => vi.useRealTimers());

it('the sessions of an agent that saves all the time are read twice a second', () => {
  for (let ms = 0; ms < 3000; ms += 10) {
    times.saved(CONFIG);
    vi.advanceTimersByTime(10);
  }
  expect(read.length).toBeGreaterThanOrEqual(5);
  expect(read.length).toBeLessThanOrEqual(6);
});

it('a session that runs is looked at again although nobody tells what it saves', () => {
  times.wasRead(CONFIG, true);
  expect(read).toEqual([]);
  vi.advanceTimersByTime(1000);
  expect(read).toEqual([CONFIG]);
  vi.advanceTimersByTime(10_000);
  expect(read).toEqual([CONFIG]);
});

it('the first session of an agent is found although nobody tells of it, until it is clear that there is none', () => {
  const readAt: number[] = [];
  const began = Date.now();
  times = new ReadingTimes((configUri) => {
    readAt.push(Date.now() - began);
    times.wasRead(configUri, false);
  });
  times.saved(CONFIG);
  vi.advanceTimersByTime(600_000);
  expect(readAt).toEqual([500, 1500, 3500, 7500, 15_500, 31_500]);
});

it('an agent in whose folder nothing happens is left alone', () => {
  times.wasRead(CONFIG, false);
  vi.advanceTimersByTime(600_000);
  expect(read).toEqual([]);
});

it('agents do not wait for each other', () => {
  times.saved(CONFIG);
  times.saved('file:///other.json');
  vi.advanceTimersByTime(500);
  expect(read).toEqual([CONFIG, 'file:///other.json']);
});

it('nothing is read any more when the window closes', () => {
  times.saved(CONFIG);
  times.dispose();
  times.wasRead(CONFIG, true);
  vi.advanceTimersByTime(10_000);
  expect(read).toEqual([]);
});
