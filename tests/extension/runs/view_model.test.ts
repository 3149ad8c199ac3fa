import { describe, expect, it } from 'vitest';
import {
  BLOCK_COUNT_LIMIT,
  BLOCK_LIMIT,
  newRun,
  type RunEvent,
  type RunViewModel,
  reduce,
  TOTAL_LIMIT,
} from '../../../extension/src/runs/view_model';
import type { RunOutcome, Target } from '../../../extension/src/server/protocol.generated';

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
const fresh = newRun({ runId: 'r', tag: 'greet_stream', project: 'hello', kind: 'stream' });

const text = (...texts: string[]): RunEvent => ({
  type: 'output',
  seq: 0,
  items: texts.map((piece) => ({ kind: 'text', text: piece })),
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
const shown = (model: RunViewModel) => model.blocks.map((block) => block.text).join('');

describe('the life of a run', () => {
  it('goes from the click over its states to the end', () => {
    expect(fresh.phase).toBe('preparing');
    const running = applied(state('resolving'), state('connecting'), state('running'));
    expect(running).toMatchObject({ phase: 'running', target });
    expect(reduce(running, finished({ chunks: 3, firstChunkMs: 20 }))).toMatchObject({
      phase: 'completed',
      elapsedMs: 1200,
      firstChunkMs: 20,
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

  it.each([
    [true, /was stopped/],
    [false, /may still be running/],
  ])('is honest when only the outcome tells: stopped %s', (stopped, notice) => {
    expect(applied({ type: 'cancelling' }, finished({ state: 'cancelled', stopped })).notice).toMatch(notice);
  });

  it('leaves no notice on a run that completed all the same', () => {
    expect(applied({ type: 'cancelling' }, answer, finished()).notice).toBeNull();
  });
});

describe('output', () => {
  it('joins text in order and keeps values apart', () => {
    const value: RunEvent = { type: 'output', seq: 1, items: [{ kind: 'value', text: '{}' }] };
    const model = applied(text('a', 'b'), text('c'), value, text('d'));
    expect(model.blocks.map(({ kind, text: content }) => [kind, content])).toEqual([
      ['text', 'abc'],
      ['value', '{}'],
      ['text', 'd'],
    ]);
    expect(model.pieces).toBe(5);
  });

  it('shows the result of a call', () => {
    const event = finished() as Extract<RunEvent, { type: 'finished' }>;
    expect(shown(applied({ ...event, value: { kind: 'value', text: '42' } }))).toBe('42');
  });

  it('gives blocks ids that only grow, and never changes a block but the last', () => {
    const models = [fresh];
    for (let index = 0; index < 50; index += 1) {
      models.push(reduce(models.at(-1) ?? fresh, text('x'.repeat(997))));
    }
    for (const [index, model] of models.entries()) {
      const ids = model.blocks.map(({ id }) => id);
      expect(ids).toEqual([...ids].sort((left, right) => left - right));
      const previous = models[index - 1]?.blocks ?? [];
      for (const block of previous.slice(0, -1)) expect(model.blocks).toContain(block);
      for (const block of model.blocks) expect(block.text.length).toBeLessThanOrEqual(BLOCK_LIMIT);
    }
  });

  it('stays small however much comes', () => {
    const piece = 'y'.repeat(5000);
    let model = fresh;
    for (let index = 0; index < 200; index += 1) model = reduce(model, text(piece));
    expect(shown(model).length).toBeLessThanOrEqual(TOTAL_LIMIT);
    expect(shown(model).length + model.dropped).toBe(200 * piece.length);

    const values = Array.from({ length: 5000 }, () => ({ kind: 'value', text: '1' }) as const);
    expect(reduce(fresh, { type: 'output', seq: 0, items: values }).blocks).toHaveLength(BLOCK_COUNT_LIMIT);
  });

  it('keeps the note of a piece that was cut', () => {
    const cut: RunEvent = {
      type: 'output',
      seq: 0,
      items: [{ kind: 'text', text: 'head', wholeLength: 10_000_000 }],
    };
    const model = applied(text('a'), cut, text('b'));
    expect(model.blocks.map(({ wholeLength }) => wholeLength)).toEqual([undefined, 10_000_000, undefined]);
  });
});
