import { describe, expect, it } from 'vitest';
import { newRun, type RunEvent, type RunViewModel, reduce } from '../../../extension/src/runs/view_model';
import type { RunOutcome, Target } from '../../../extension/src/server/protocol.generated';
import { chunk } from '../output/chunks';

const target: Target = {
  host: '127.0.0.1',
  port: 8450,
  agentId: 'a',
  source: 'registry',
  leavesMachine: false,
  cloud: false,
  address: '127.0.0.1:8450',
  copiesToCloud: null,
};
const fresh = newRun({ runId: 'r', kind: 'stream' });

const text = (...texts: string[]): RunEvent => ({
  type: 'output',
  seq: 0,
  items: texts.map((piece, index) => chunk(index, piece)),
});
const finished = (more: Partial<RunOutcome> = {}): RunEvent => ({
  type: 'finished',
  outcome: { runId: 'r', state: 'completed', target, elapsedMs: 1200, chunks: 0, ...more },
});
const state = (phase: 'resolving' | 'connecting' | 'running'): RunEvent => ({
  type: 'state',
  params: { runId: 'r', state: phase, target: phase === 'resolving' ? null : target },
});
const applied = (...events: RunEvent[]): RunViewModel => events.reduce(reduce, fresh);

describe('the life of a run', () => {
  it('goes from the click over its states to the end', () => {
    expect(fresh.phase).toBe('preparing');
    const running = applied(state('resolving'), state('connecting'), state('running'));
    expect(running).toMatchObject({ phase: 'running', target });
    expect(reduce(running, finished({ chunks: 3 }))).toMatchObject({
      phase: 'completed',
      elapsedMs: 1200,
      pieces: 3,
    });
  });

  it('keeps the target it knew when the end names none', () => {
    expect(applied(state('running'), finished({ state: 'failed', target: null })).target).toBe(target);
  });

  it('shows the error with its suggestion', () => {
    const error = { code: 'X', message: 'm', suggestion: 's', action: 'run-again', details: null } as const;
    expect(applied(finished({ state: 'failed', error }))).toMatchObject({ phase: 'failed', error });
  });

  it('is not changed by what comes after its end', () => {
    const over = applied(finished());
    for (const event of [
      text('late'),
      state('running'),
      finished({ state: 'failed' }),
      { type: 'cancelling' } as const,
    ]) {
      expect(reduce(over, event)).toBe(over);
    }
  });
});

describe('cancelling', () => {
  const answer: RunEvent = {
    type: 'cancelAnswer',
    result: { found: true, stopped: false, message: 'It goes on.' },
  };

  it('is not overwritten by a late state', () => {
    expect(applied(state('connecting'), { type: 'cancelling' }, state('running')).phase).toBe('cancelling');
  });

  it('says what the server said', () => {
    expect(
      applied({ type: 'cancelling' }, answer, finished({ state: 'cancelled', stopped: false })).notice,
    ).toBe('It goes on.');
  });

  it('takes the answer of the server when the end was faster', () => {
    const over = applied({ type: 'cancelling' }, finished({ state: 'cancelled', stopped: false }));
    expect(reduce(over, answer).notice).toBe('It goes on.');
    const completed = applied(finished());
    expect(reduce(completed, answer)).toBe(completed);
  });

  it.each([true, false])('knows what became of the function when only the outcome tells: %s', (stopped) => {
    const over = applied({ type: 'cancelling' }, finished({ state: 'cancelled', stopped }));
    expect(over).toMatchObject({ stopped, notice: null });
    expect(applied(finished({ stopped })).stopped).toBeNull();
  });

  it('leaves no notice on a run that completed all the same', () => {
    expect(applied({ type: 'cancelling' }, answer, finished()).notice).toBeNull();
  });
});

describe('output', () => {
  it('is counted, the result of a call too', () => {
    expect(applied(text('a', 'b'), text('c')).pieces).toBe(3);
    const event = finished() as Extract<RunEvent, { type: 'finished' }>;
    expect(applied({ ...event, value: chunk(0, '42', 'value') }).pieces).toBe(1);
    expect(applied(text('a'), finished({ chunks: 7 })).pieces).toBe(7);
  });
});
