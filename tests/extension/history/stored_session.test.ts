import { describe, expect, it } from 'vitest';
import { storedSession } from '../../../extension/src/history/stored_session';
import type { HistoryRun, OutputItem } from '../../../extension/src/server/protocol.generated';
import { storedRun } from './samples';

const event = (type: string, session: string, seq = 0) => ({ type, session, seq, step: 0, at: 1.5 });
const items = (...values: unknown[]): OutputItem[] =>
  values.map((value, index) => ({ index, atMs: index, type: 'value', value }) as OutputItem);
const of = (run: Partial<HistoryRun>, streamed: OutputItem[] = []) =>
  storedSession({ run: storedRun(run), items: streamed });

describe('the session of a kept run', () => {
  it('is the one that its stream began or went on with, the last one if there are several', () => {
    const streamed = items(event('session_started', 's-1'), { type: 'thought', text: 'so' });
    expect(of({}, streamed)).toEqual({ session: 's-1', event: { seq: 0, at: 1.5 } });
    expect(of({}, [...streamed, ...items(event('session_resumed', 's-2', 7))])?.session).toBe('s-2');
  });

  it('is the one that its result names', () => {
    expect(of({ value: { answer: '42', steps: 3, session: 's-3' } })).toEqual({ session: 's-3' });
    expect(of({ value: { events: [event('session_started', 's-4')] } })?.session).toBe('s-4');
  });

  it('is unknown where the output tells of none or it was not kept', () => {
    expect(of({})).toBeUndefined();
    expect(of({ value: 'session s-1' })).toBeUndefined();
    expect(of({}, items({ type: 'session_started', session: 's-1' }, 'hello'))).toBeUndefined();
    expect(of({ value: { answer: '42', session: '[redacted]' } })).toBeUndefined();
  });
});
