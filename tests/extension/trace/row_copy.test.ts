import { describe, expect, it } from 'vitest';
import { rowCopy } from '../../../extension/src/trace/row_copy';
import { Trace } from '../../../extension/src/trace/trace';
import type { TraceEvent } from '../../../extension/src/trace/trace_event';
import { TraceRows } from '../../../extension/src/trace/trace_rows';

/** What is copied of each row of a trace, all of them open. */
function copies(...events: readonly TraceEvent[]): string[] {
  const trace = new Trace();
  for (const [chunk, event] of events.entries()) trace.apply(event, { at: { chunk, offset: 0 }, atMs: 0 });
  const rows = new TraceRows(trace);
  for (let row = 0; row < rows.count; row += 1) rows.open(row);
  return Array.from({ length: rows.count }, (_none, row) => rowCopy(rows.at(row).content));
}

const call = { kind: 'call', id: '1', tool: 'look_up', arguments: { thing: 'box' } } as const;

describe('what is copied of a row', () => {
  it('is the text of what begins and ends a session', () => {
    const events = [
      { kind: 'session', id: 's-1', input: 'How wide?' },
      { kind: 'answer', text: 'Very.\nTruly.' },
    ] as const;
    expect(copies(...events)).toEqual(['How wide?', 'Very.\nTruly.']);
    expect(copies({ kind: 'session', id: 's-1', isResumed: true })).toEqual(['s-1']);
    expect(copies({ kind: 'end', reason: 'answered', isFailure: false })).toEqual(['answered']);
    const failed = { kind: 'end', reason: 'failed', isFailure: true, error: 'No such model.' } as const;
    expect(copies(failed)).toEqual(['No such model.']);
  });

  it('is all of a step, a call with its result, and each of its parts', () => {
    const seen = { kind: 'observation', id: '1', isOk: true, content: { wide: 40 } } as const;
    const whole = { tool: 'look_up', arguments: { thing: 'box' }, result: { wide: 40 } };
    const text = JSON.stringify(whole, null, 2);
    expect(copies({ kind: 'step', step: 1 }, { kind: 'thought', text: 'So.' }, call, seen)).toEqual([
      `So.\n${text}`,
      'So.',
      text,
      JSON.stringify(whole.arguments, null, 2),
      'box',
      JSON.stringify(whole.result, null, 2),
      '40',
    ]);
  });

  it('says of a call that went wrong why, and of one that waits nothing', () => {
    const wrong = {
      kind: 'observation',
      id: '1',
      isOk: false,
      content: 'Try later.',
      error: 'busy',
    } as const;
    const [, copied = ''] = copies({ kind: 'step' }, call, wrong);
    expect(JSON.parse(copied)).toEqual({
      tool: 'look_up',
      arguments: { thing: 'box' },
      error: 'busy',
      message: 'Try later.',
    });
    const [, waiting = ''] = copies({ kind: 'step' }, call);
    expect(JSON.parse(waiting)).toEqual({ tool: 'look_up', arguments: { thing: 'box' } });
  });

  it('is what was remembered, and the key of what was forgotten', () => {
    const memories = [{ text: 'A box is blue.' }, { text: 'A bottle is not.' }];
    expect(copies({ kind: 'step' }, { kind: 'recalled', memories }).slice(1)).toEqual([
      'A box is blue.\nA bottle is not.',
      'A box is blue.',
      'A bottle is not.',
    ]);
    expect(copies({ kind: 'step' }, { kind: 'working', set: { goal: 'count' }, removed: ['box'] })).toEqual([
      JSON.stringify({ goal: 'count' }, null, 2),
      JSON.stringify({ goal: 'count' }, null, 2),
      'count',
      'box',
    ]);
  });
});
