import { beforeEach, describe, expect, it } from 'vitest';
import type { Part, StepEntry } from '../../../extension/src/trace/entries';
import { ValueKeeper } from '../../../extension/src/trace/kept_value';
import { Trace } from '../../../extension/src/trace/trace';
import type { TraceEvent } from '../../../extension/src/trace/trace_event';

let trace: Trace;
let time: number;
let chunk: number;

beforeEach(() => {
  trace = new Trace();
  time = 0;
  chunk = 0;
});

/** Events that come a hundred milliseconds after each other. */
function happen(...events: readonly TraceEvent[]): void {
  for (const event of events) {
    time += 100;
    trace.apply(event, { at: { chunk, offset: 0 }, atMs: time });
    chunk += 1;
  }
}

const steps = () => trace.entries.filter((entry): entry is StepEntry => entry.kind === 'step');
const kinds = () => trace.entries.map(({ kind }) => kind);
const call = (tool: string, id?: string): TraceEvent => ({
  kind: 'call',
  tool,
  arguments: {},
  ...(id === undefined ? {} : { id }),
});
const seen = (content: string, id?: string): TraceEvent => ({
  kind: 'observation',
  isOk: true,
  content,
  ...(id === undefined ? {} : { id }),
});

/** A part in few words. */
function short(part: Part): string {
  if (part.kind === 'thought') return `thought ${part.text.text}`;
  if (part.kind === 'observation') return `observation ${part.observation.content.text}`;
  if (part.kind !== 'call') return part.kind;
  return `${part.tool}(${part.arguments.text}) ${part.observation?.content.text ?? 'none'}`;
}

describe('a step', () => {
  it('has what the model writes, until the whole thought takes its place', () => {
    happen({ kind: 'step', step: 1 }, { kind: 'text', text: 'Thought: I' }, { kind: 'text', text: ' will' });
    expect(steps()[0]?.parts.map(short)).toEqual(['thought Thought: I will']);
    happen({ kind: 'thought', text: 'I will' }, call('a'));
    expect(steps()[0]?.parts.map(short)).toEqual(['thought I will', 'a({}) none']);
    happen({ kind: 'step', step: 2 }, { kind: 'text', text: 'Action: x' }, { kind: 'thought', text: '' });
    expect(steps()[1]?.parts).toEqual([]);
  });

  it('begins with what the model says after an observation, where the framework tells of no steps', () => {
    happen({ kind: 'text', text: 'Hm' }, call('a'), call('b'), seen('A'), seen('B'));
    happen(call('c'), seen('C'), { kind: 'thought', text: 'Done' });
    expect(steps().map(({ step, parts }) => [step, parts.map(short)])).toEqual([
      [1, ['thought Hm', 'a({}) B', 'b({}) A']],
      [2, ['c({}) C']],
      [3, ['thought Done']],
    ]);
    expect(steps().map(({ isOver }) => isOver)).toEqual([true, true, false]);
  });

  it('has calls whose arguments come in pieces, and observations in any order', () => {
    happen(
      { kind: 'callText', id: '1', tool: 'a', text: '{"x"' },
      { kind: 'callText', id: '2', tool: 'b', text: '' },
      { kind: 'callText', id: '1', text: ':1}' },
      call('b', '2'),
      seen('B', '2'),
      seen('A', '1'),
    );
    expect(steps()[0]?.parts.map(short)).toEqual(['a({"x":1}) A', 'b({}) B']);
    expect(trace.totals.calls).toBe(2);
  });

  it('gets an observation that comes late', () => {
    happen(call('a', '1'), call('b', '2'), seen('A', '1'), { kind: 'thought', text: 'next' }, seen('B', '2'));
    expect(steps().map(({ parts }) => parts.map(short))).toEqual([['a({}) A', 'b({}) B'], ['thought next']]);
  });

  it('has observations of calls that nobody told of, and of none', () => {
    happen({ kind: 'step', step: 1 });
    happen({ kind: 'observation', tool: 'a', isOk: true, content: 'A' });
    happen({ kind: 'observation', isOk: false, error: 'malformed', content: 'Write an Action' });
    expect(steps()[0]?.parts.map(short)).toEqual(['a() A', 'observation Write an Action']);
    expect(steps()[0]?.failures).toBe(1);
    expect(trace.totals).toMatchObject({ calls: 1, failures: 1 });
  });

  it('takes the time that the framework says, or else the time until the next one', () => {
    happen({ kind: 'step' }, { kind: 'thought', text: 'a', elapsedMs: 7 });
    happen({ kind: 'observation', tool: 't', isOk: true, content: '', elapsedMs: 5 });
    expect(steps()[0]).toMatchObject({ modelMs: 7, toolMs: 5, elapsedMs: 12 });
    trace = new Trace();
    time = 0;
    happen(
      call('a'),
      seen('A'),
      { kind: 'thought', text: 'b' },
      { kind: 'end', reason: 'stop', isFailure: false },
    );
    expect(steps().map(({ elapsedMs }) => elapsedMs)).toEqual([100, 100]);
    expect(trace.totals).toMatchObject({ elapsedMs: 200, slowestMs: 100 });
  });

  it('has the tokens that are told when it is over', () => {
    happen({ kind: 'usage', input: 1, output: 1 });
    expect(trace.entries).toEqual([]);
    happen({ kind: 'step' }, { kind: 'end', reason: 'stop', isFailure: false });
    happen({ kind: 'usage', input: 7, output: 2 });
    expect(steps().map(({ tokens }) => tokens)).toEqual([{ input: 7, output: 2, isEstimated: false }]);
    expect(trace.totals.tokens).toEqual({ input: 8, output: 3, isEstimated: false });
  });

  it('has the memory that came with it', () => {
    happen(
      { kind: 'step', step: 4 },
      { kind: 'recalled', memories: [{ text: 'm', score: 0.5 }, { text: 'n' }] },
      { kind: 'stored', memory: { text: 'o' } },
      { kind: 'warning', text: 'p' },
      { kind: 'working', set: { a: 'b' }, removed: ['c'] },
      { kind: 'graph', entities: 3, relations: 2 },
    );
    expect(steps()[0]?.parts.map(({ kind }) => kind)).toEqual([
      'recalled',
      'stored',
      'warning',
      'working',
      'graph',
    ]);
    expect(trace.totals).toMatchObject({ recalled: 2, graph: { entities: 3, relations: 2 } });
  });
});

describe('sessions', () => {
  const session = (id: string, more = {}): TraceEvent => ({ kind: 'session', id, ...more });

  it('begin, go on and end', () => {
    happen(session('a', { agent: 'helper', input: 'why?', canResume: true }), { kind: 'step', step: 1 });
    happen(session('a', { isResumed: true }), { kind: 'step', step: 2 }, { kind: 'answer', text: 'so' });
    happen({ kind: 'end', reason: 'answered', isFailure: false });
    expect(kinds()).toEqual(['session', 'step', 'session', 'step', 'answer', 'end']);
    expect(trace.entries[2]).toMatchObject({ session: 'a', agent: 'helper', isResumed: true });
    expect(trace.session).toMatchObject({ id: 'a', agent: 'helper', canResume: true });
    expect(trace.hasSessions).toBe(false);
  });

  it('go on in the step that was not over, without the time in between', () => {
    happen(session('a'), { kind: 'step', step: 1 }, { kind: 'text', text: 'Hm' });
    time += 5_000;
    happen(session('a', { isResumed: true }), { kind: 'step', step: 1 }, call('x'), seen('X'));
    expect(steps().map(({ step, parts }) => [step, ...parts.map(short)])).toEqual([
      [1, 'thought Hm', 'x({}) X'],
    ]);
    expect(steps()[0]).toMatchObject({ isOver: false, elapsedMs: 300 });
    expect(trace.totals).toMatchObject({ steps: 1, elapsedMs: 300 });
  });

  it('that go on at the same time do not get into each other', () => {
    happen(session('a', { agent: 'one' }), { kind: 'step', step: 1 }, call('x'));
    happen(session('b', { agent: 'two' }), { kind: 'step', step: 1 }, call('y'));
    happen(session('a'), seen('X'), session('b'), seen('Y'));
    expect(steps().map(({ session: id, parts }) => [id, ...parts.map(short)])).toEqual([
      ['a', 'x({}) X'],
      ['b', 'y({}) Y'],
    ]);
    expect(trace.hasSessions).toBe(true);
  });
});

describe('a long trace', () => {
  it('keeps the newer entries', () => {
    trace = new Trace(new ValueKeeper(), 100);
    for (let step = 1; step <= 1_000; step += 1)
      happen({ kind: 'step', step }, { kind: 'thought', text: 't' });
    expect(trace.entries.length).toBeLessThanOrEqual(100);
    expect(trace.first + trace.entries.length).toBe(1_000);
    expect(steps()[0]?.step).toBe(trace.first + 1);
    expect(trace.totals.steps).toBe(1_000);
  });

  it('keeps texts up to a number of characters, and what the older ones begin with', () => {
    trace = new Trace(new ValueKeeper(10_000));
    for (let step = 1; step <= 100; step += 1) {
      happen({ kind: 'step', step }, { kind: 'thought', text: `${step} ${'x'.repeat(1_000)}` });
    }
    const texts = steps().map(({ parts }) => (parts[0]?.kind === 'thought' ? parts[0].text : undefined));
    expect(texts[99]?.text).toHaveLength(1_004);
    expect(texts[0]).toMatchObject({ text: null, isCut: true, length: 1_002 });
    expect(texts[0]?.brief).toMatch(/^1 x{100}/);
    const kept = texts.reduce((sum, text) => sum + (text?.text?.length ?? 0), 0);
    expect(kept).toBeLessThanOrEqual(10_000);
  });
});
