import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OutputTrace } from '../../../extension/src/trace/output_trace';
import { rowCopy } from '../../../extension/src/trace/row_copy';
import { TraceRows } from '../../../extension/src/trace/trace_rows';
import { chunk } from '../output/chunks';
import { AgentEvents, sample } from './agent_events';
import { killedAndResumed, recorded } from './recorded';

function traceOf(...texts: readonly string[]): OutputTrace {
  const trace = new OutputTrace();
  for (const [index, text] of texts.entries()) trace.add(chunk(index, text, 'value'));
  return trace;
}

const json = (values: readonly unknown[]) => values.map((value) => JSON.stringify(value));

const resumedAt = killedAndResumed().findIndex(({ type }) => type === 'session_resumed');

describe('the trace of an output', () => {
  it('is a step for each time that the model was asked', () => {
    const { trace, isFound, framework } = traceOf(...json(sample()));
    expect(isFound).toBe(true);
    expect(framework).toBe('agent_runtime');
    expect(trace.entries.map(({ kind }) => kind)).toEqual([
      'session',
      'step',
      'step',
      'step',
      'answer',
      'end',
    ]);
    expect(trace.entries[1]).toMatchObject({
      step: 1,
      session: 's-1',
      isOver: true,
      modelMs: 80,
      toolMs: 20,
      elapsedMs: 100,
      tokens: { input: 100, output: 10, isEstimated: false },
      parts: [
        { kind: 'thought', text: { text: 'I call calculate.' } },
        {
          kind: 'call',
          tool: 'calculate',
          arguments: { text: '{"expression":"12*7"}' },
          observation: { isOk: true, content: { text: '84' }, elapsedMs: 20 },
        },
        { kind: 'checkpoint', session: 's-1', step: 1 },
      ],
    });
    expect(trace.totals).toEqual({
      steps: 3,
      calls: 2,
      failures: 1,
      recalled: 0,
      tokens: { input: 300, output: 30, isEstimated: false },
      elapsedMs: 280,
      slowestMs: 100,
      graph: null,
    });
    expect(trace.session).toMatchObject({ id: 's-1', agent: 'helper', canResume: true });
  });

  it('of a real session has everything that happened in it', () => {
    const { trace } = traceOf(...json(recorded()));
    const steps = trace.entries.filter((entry) => entry.kind === 'step');
    const kinds = steps.map(({ parts }) =>
      parts.map(({ kind }) => kind).filter((kind) => kind !== 'checkpoint'),
    );
    expect(kinds).toEqual([
      ['warning', 'recalled', 'thought', 'call'],
      ['thought', 'call'],
      ['call'],
      ['call'],
      ['thought', 'observation'],
      ['call', 'stored'],
      ['call', 'working'],
      ['call', 'graph'],
      ['thought', 'stored'],
    ]);
    const calls = steps.flatMap(({ parts }) => parts.filter((part) => part.kind === 'call'));
    expect(calls.map(({ tool, observation }) => [tool, observation?.error ?? 'ok'])).toEqual([
      ['calculate', 'ok'],
      ['look_up', 'ok'],
      ['look_up', 'transient'],
      ['search', 'not_found'],
      ['remember', 'ok'],
      ['note', 'ok'],
      ['relate', 'ok'],
    ]);
    expect(calls[1]?.observation?.content.parts).toMatchObject({ word: 'tea', tags: ['hot', 'green'] });
    expect(trace.totals).toMatchObject({ steps: 9, calls: 7, failures: 3, recalled: 1 });
    expect(trace.totals.graph).toEqual({ entities: 2, relations: 1 });
    expect(trace.entries.slice(-2).map(({ kind }) => kind)).toEqual(['answer', 'end']);
  });

  it.each([
    ['of all that is kept', 0, [1, 2, 3]],
    ['of the run that went on', resumedAt, [2, 3]],
  ] as const)('has each step of a session once that was killed in one: %s', (_name, from, numbers) => {
    const { trace } = traceOf(...json(killedAndResumed().slice(from)));
    const steps = trace.entries.filter((entry) => entry.kind === 'step');
    expect(steps.map(({ step }) => step)).toEqual(numbers);
    expect(trace.totals.steps).toBe(numbers.length);
    const interrupted = steps.find(({ step }) => step === 2);
    expect(interrupted?.isOver).toBe(true);
    expect(interrupted?.parts.slice(-2)).toMatchObject([
      { kind: 'call', tool: 'never_ends', observation: { isOk: false, error: 'interrupted' } },
      { kind: 'checkpoint', step: 2 },
    ]);
    expect(trace.totals.failures).toBe(1);
  });

  it('knows the agent of a session that goes on, and the arguments of the call that was interrupted', () => {
    const waiting = [
      { call: '2.1', tool: 'book', arguments: { city: 'Oslo' } },
      { call: '2.2', tool: 'book', arguments: { city: 'Bergen' } },
    ];
    const common = { session: 's-1', at: 1_700_000_000 };
    const resumed = {
      ...common,
      type: 'session_resumed',
      seq: 9,
      step: 1,
      agent: 'booker',
      model: 'm',
      waiting,
    };
    const observed = { type: 'observation', step: 2, tool: 'book', content: '', elapsed_ms: 1 };
    const events = [
      resumed,
      { ...common, ...observed, seq: 10, call: '2.1', ok: false, error: 'interrupted' },
      { ...common, ...observed, seq: 11, call: '2.2', ok: true },
    ];
    const { trace } = traceOf(...json(events));
    expect(trace.entries).toMatchObject([
      { kind: 'session', agent: 'booker', model: 'm', isResumed: true },
      {
        step: 2,
        parts: [
          { tool: 'book', observation: { error: 'interrupted' } },
          { tool: 'book', observation: { isOk: true } },
        ],
      },
    ]);
    const step = trace.entries[1];
    const calls = step?.kind === 'step' ? step.parts.filter((part) => part.kind === 'call') : [];
    expect(calls.map((call) => call.arguments.parts)).toEqual([{ city: 'Oslo' }, { city: 'Bergen' }]);
    // those that were seen before the session stopped are not there twice
    const before = waiting.map((fields, n) => ({
      ...common,
      type: 'action',
      seq: 7 + n,
      step: 2,
      ...fields,
    }));
    const both = traceOf(...json([...before, ...events])).trace;
    expect(both.totals).toMatchObject({ steps: 1, calls: 2 });
  });

  it('has only the pieces of the last attempt of a model that is asked again', () => {
    const events = new AgentEvents();
    const { trace } = traceOf(
      ...json([
        events.start(),
        { ...events.event('model_delta', { text: 'It is' }), step: 1 },
        { ...events.event('model_retried', { attempt: 2, error: 'broke off', delay_ms: 5 }), step: 1 },
        { ...events.event('model_delta', { text: 'The answer' }), step: 1 },
      ]),
    );
    const step = trace.entries[1];
    const parts = step?.kind === 'step' ? step.parts : [];
    expect(parts).toMatchObject([{ kind: 'thought', isWhole: false }]);
    expect(parts[0]?.kind === 'thought' && parts[0].text.text).toBe('The answer');
  });

  it('has what a session knew before its first step in that', () => {
    const { trace } = traceOf(...json(killedAndResumed()));
    expect(trace.entries[1]).toMatchObject({
      step: 1,
      parts: [{ kind: 'working' }, { kind: 'thought' }, { kind: 'call' }, { kind: 'checkpoint' }],
    });
  });

  it('has a thought in its step when the process was killed while the model was asked', () => {
    const [thought, ...rest] = killedAndResumed().slice(resumedAt - 4);
    const { trace } = traceOf(...json([{ ...thought, type: 'session_resumed' }, { ...thought }, ...rest]));
    expect(trace.entries.map((entry) => (entry.kind === 'step' ? entry.step : entry.kind))).toEqual([
      'session',
      2,
      'session',
      3,
      'answer',
      'end',
    ]);
  });

  it.each([
    ['a list', (events: unknown[]) => JSON.stringify(events)],
    ['a list in an object', (events: unknown[]) => JSON.stringify({ answer: '84', trace: events })],
    [
      'a list deeper inside',
      (events: unknown[]) => JSON.stringify({ result: { trace: events }, n: [1, 2] }, null, 1),
    ],
  ])('is also found in %s', (_name, write) => {
    const { trace, isFound } = traceOf(write(sample()));
    expect(isFound).toBe(true);
    expect(trace.totals).toMatchObject({ steps: 3, calls: 2, elapsedMs: 280 });
  });

  it('is also found in text: an event a piece, or a line each', () => {
    const pieces = new OutputTrace();
    for (const [index, text] of json(sample()).entries()) pieces.add(chunk(index, text, 'text'));
    expect(pieces.trace.totals.steps).toBe(3);
    const lines = new OutputTrace();
    lines.add(chunk(0, json(sample()).join('\n'), 'text'));
    expect(lines.trace.totals.steps).toBe(3);
  });

  it('of a result of which only the beginning is here has the steps that are in it', () => {
    const events = new AgentEvents();
    const all = [
      events.start(),
      ...Array.from({ length: 50 }, () => events.call('a', {}, { content: 'b' })).flat(),
    ];
    const text = JSON.stringify({ trace: all });
    const half = text.slice(0, text.length / 2);
    const cut = new OutputTrace();
    cut.add({ ...chunk(0, half, 'value'), wholeLength: text.length });
    expect(cut.isCut).toBe(true);
    expect(cut.trace.totals.steps).toBeGreaterThan(20);
    expect(cut.trace.totals.steps).toBeLessThan(30);
  });

  it('is not seen in what is something else', () => {
    const { isFound } = traceOf(
      '{"type":"thought","text":"I am no event"}',
      '{"type":"thought","session":1,"seq":0,"step":1,"at":2}',
      '[1,{"a":[{"type":"x"}]},"]"]',
      '"text"',
      '{"broken',
      '',
    );
    expect(isFound).toBe(false);
  });

  it('takes any fields that an event may have', () => {
    const types = ['session_started', 'session_resumed', 'step_started', 'memory_recalled', 'model_delta'];
    types.push(
      'model_retried',
      'thought',
      'action',
      'observation',
      'memory_stored',
      'working_changed',
      'graph_changed',
    );
    types.push('checkpoint', 'final_answer', 'session_ended', 'of_another_version');
    const names = [
      'text',
      'tokens',
      'elapsed_ms',
      'call',
      'tool',
      'arguments',
      'ok',
      'content',
      'value',
      'error',
    ];
    names.push(
      'waiting',
      'memories',
      'id',
      'kind',
      'set',
      'removed',
      'entity_count',
      'reason',
      'agent',
      'forked_from',
    );
    const event = fc
      .tuple(
        fc.constantFrom(...types),
        fc.constantFrom('s', 't'),
        fc.nat(5),
        fc.dictionary(fc.constantFrom(...names), fc.jsonValue()),
      )
      .map(([type, session, step, fields]) => ({ ...fields, type, session, seq: 0, step, at: 1 }));
    fc.assert(
      fc.property(fc.array(event), (events) => {
        const output = traceOf(...json(events));
        const rows = new TraceRows(output.trace);
        rows.openAll(true);
        for (let row = 0; row < rows.count && row < 500; row += 1) {
          rows.open(row);
          expect(rowCopy(rows.at(row).content)).toBeTypeOf('string');
        }
        expect(output.isFound).toBe(events.some(({ type }) => type !== 'of_another_version'));
      }),
    );
  });

  it('takes a value that is too deep to be written', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const [action] = json([new AgentEvents().event('action', { tool: 'a', arguments: 'HERE' })]);
    const { trace } = traceOf(action?.replace('"HERE"', deep) ?? '');
    expect(trace.entries).toMatchObject([{ parts: [{ tool: 'a', arguments: { text: '"…"' } }] }]);
  });

  it('says where in the output each thing was found', () => {
    const list = JSON.stringify({ trace: sample() });
    const { trace } = traceOf('{"other":1}', list);
    const step = trace.entries[2];
    expect(step?.at.chunk).toBe(1);
    expect(list.slice(step?.at.offset)).toMatch(/^\{"type":"step_started"/);
  });
});
