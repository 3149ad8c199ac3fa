import { beforeEach, describe, expect, it } from 'vitest';
import { Trace } from '../../../extension/src/trace/trace';
import type { TraceEvent } from '../../../extension/src/trace/trace_event';
import { type TraceRow, TraceRows } from '../../../extension/src/trace/trace_rows';

let trace: Trace;
let chunk: number;

beforeEach(() => {
  trace = new Trace();
  chunk = 0;
});

function happen(...events: readonly TraceEvent[]): void {
  for (const event of events) {
    trace.apply(event, { at: { chunk, offset: 0 }, atMs: chunk * 10 });
    chunk += 1;
  }
}

function step(number: number): TraceEvent[] {
  return [
    { kind: 'step', step: number },
    { kind: 'thought', text: `thought ${number}` },
    { kind: 'call', id: `${number}`, tool: 'tool', arguments: { x: { y: [1, 2] } } },
    { kind: 'observation', id: `${number}`, isOk: true, content: 'seen' },
  ];
}

/** A row in few words, with as many dots before it as it is deep. */
function short({ content, level }: TraceRow): string {
  const dots = '.'.repeat(level - 1);
  switch (content.kind) {
    case 'entry':
      return `${dots}${content.entry.kind}${content.entry.kind === 'step' ? content.entry.step : ''}`;
    case 'part':
      return `${dots}${content.part.kind}`;
    case 'value':
      return `${dots}${content.name}`;
    case 'json':
      return `${dots}${content.key}`;
    case 'removed':
      return `${dots}without ${content.key}`;
    case 'memory':
      return `${dots}${content.memory.text}`;
  }
}

const all = (rows: TraceRows) => Array.from({ length: rows.count }, (_, index) => rows.at(index));
const shown = (rows: TraceRows) => all(rows).map(short);

describe('the rows of a trace', () => {
  it('are those of what is open', () => {
    happen(...step(1), ...step(2));
    const rows = new TraceRows(trace);
    expect(shown(rows)).toEqual(['step1', '.thought', '.call', 'step2', '.thought', '.call']);
    expect(rows.close(3)).toBe(true);
    expect(rows.close(3)).toBe(false);
    expect(rows.open(2)).toBe(true);
    expect(shown(rows)).toEqual(['step1', '.thought', '.call', '..arguments', '...x', '..result', 'step2']);
    expect(rows.open(4)).toBe(true);
    expect(shown(rows).slice(3, 7)).toEqual(['..arguments', '...x', '....y', '..result']);
    expect(rows.parentOf(5)).toBe(4);
    expect(rows.parentOf(3)).toBe(2);
    expect(rows.parentOf(0)).toBe(0);
    expect(rows.at(4)).toMatchObject({ level: 4, place: 1, siblings: 1, hasMore: true, isOpen: true });
  });

  it('tell what was kept in mind and what was not any more', () => {
    happen({ kind: 'step', step: 1 }, { kind: 'working', set: { goal: 'tea' }, removed: ['plan'] });
    const rows = new TraceRows(trace);
    rows.open(1);
    expect(shown(rows)).toEqual(['step1', '.working', '..goal', '..without plan']);
  });

  it('grow with the trace, and tell when rows have moved', () => {
    happen(...step(1));
    const rows = new TraceRows(trace);
    happen(...step(2));
    expect(rows.update()).toBe(false);
    expect(shown(rows)).toEqual(['step1', '.thought', '.call', 'step2', '.thought', '.call']);
    happen({ kind: 'checkpoint', step: 2 });
    expect(rows.update()).toBe(true);
    expect(shown(rows).at(-1)).toBe('.checkpoint');
    expect(rows.update()).toBe(false);
  });

  it('stay as they were opened while the step goes on', () => {
    happen(...step(1).slice(0, 3));
    const rows = new TraceRows(trace);
    rows.open(2);
    happen(...step(1).slice(3));
    rows.update();
    expect(shown(rows)).toEqual(['step1', '.thought', '.call', '..arguments', '...x', '..result']);
  });

  it('of a long trace are closed where nobody has looked, and all opened and closed at once', () => {
    for (let number = 1; number <= 1_000; number += 1) happen(...step(number));
    const rows = new TraceRows(trace);
    expect(rows.count).toBe(1_000 + 20 * 2);
    rows.openAll(true);
    expect(rows.count).toBe(3_000);
    expect(short(rows.at(2_997))).toBe('step1000');
    expect(rows.indexOf(999)).toBe(2_997);
    rows.openAll(false);
    expect(rows.count).toBe(1_000);
    happen(...step(1_001));
    rows.update();
    expect(rows.count).toBe(1_001);
  });

  it('lead to what was found at a place of the output', () => {
    for (let number = 1; number <= 100; number += 1) happen(...step(number));
    const rows = new TraceRows(trace);
    const index = rows.reveal({ chunk: 4 * 70 + 2, offset: 5 });
    expect(shown(rows).slice(index - 2, index + 2)).toEqual(['step71', '.thought', '.call', '..arguments']);
    expect(short(rows.at(rows.reveal({ chunk: 4 * 80, offset: 0 })))).toBe('step81');
    expect(short(rows.at(rows.reveal({ chunk: 100_000, offset: 0 })))).toBe('.call');
    expect(rows.reveal({ chunk: 0, offset: 0 })).toBe(0);
  });

  it('go on when old entries are let go', () => {
    trace = new Trace(undefined, 100);
    happen(...step(1));
    const rows = new TraceRows(trace);
    for (let number = 2; number <= 500; number += 1) {
      happen(...step(number));
      rows.update();
    }
    expect(shown(rows)[0]).toBe(`step${trace.first + 1}`);
    expect(shown(rows).filter((row) => row.startsWith('step'))).toHaveLength(trace.entries.length);
  });
});
