import { describe, expect, it } from 'vitest';
import { errorActions, isWorthDebugging } from '../../../extension/src/runs/error_buttons';
import { placeText, tracebackRows } from '../../../extension/src/runs/traceback';
import type { RunError, TracebackFrame } from '../../../extension/src/server/protocol.generated';

function frame(file: string, line: number, uri: string | null = `file:///agent/${file}`): TracebackFrame {
  return { uri, file, line, function: 'greet', text: null };
}

const outside = (line: number) => frame('/usr/lib/client.py', line, null);

/** The rows as text: places, `>` before the failing one, brackets around what is outside. */
function rows(frames: readonly TracebackFrame[]): string[] {
  return tracebackRows(frames).map((row) =>
    row.type === 'outside'
      ? `[${row.steps.map(({ frame, times }) => `${frame.line}x${times}`).join(' ')}]`
      : `${row.failing ? '>' : ''}${row.step.index} ${placeText(row.step.frame)} x${row.step.times}`,
  );
}

describe('tracebackRows', () => {
  it('puts steps outside the project together and marks the innermost of the project', () => {
    expect(
      rows([outside(1), frame('agent.py', 4), outside(2), outside(3), frame('a/b.py', 0), outside(9)]),
    ).toEqual(['[1x1]', '1 agent.py:5 x1', '[2x1 3x1]', '>4 a/b.py:1 x1', '[9x1]']);
  });

  it('says a recursion once, with the first of its steps to open', () => {
    const again = Array.from({ length: 90 }, () => frame('agent.py', 4));
    expect(rows([frame('agent.py', 1), ...again, outside(7), outside(7)])).toEqual([
      '0 agent.py:2 x1',
      '>1 agent.py:5 x90',
      '[7x2]',
    ]);
  });

  it('hides nothing of an agent whose files are not here', () => {
    expect(rows([outside(1), outside(2)])).toEqual([
      '0 /usr/lib/client.py:2 x1',
      '1 /usr/lib/client.py:3 x1',
    ]);
    expect(rows([])).toEqual([]);
  });
});

describe('placeText', () => {
  it('keeps the end of a long path, of either system', () => {
    expect(placeText(frame(`C:\\${'deep\\'.repeat(20)}tools\\names.py`, 0))).toBe('…/tools/names.py:1');
    expect(placeText(frame(`${'x'.repeat(80)}.py`, 0))).toBe(`${'x'.repeat(80)}.py:1`);
  });

  it('begins at the folder of the agent', () => {
    const inside = frame('/home/ada/agent/tools/na me.py', 4, 'file:///home/ada/agent/tools/na%20me.py');
    expect(placeText(inside, 'file:///home/ada/agent')).toBe('tools/na me.py:5');
    expect(placeText(inside, 'file:///home/ada/age')).toBe('/home/ada/agent/tools/na me.py:5');
    expect(placeText({ ...inside, uri: 'file:///home/ada/agent/%zz' }, 'file:///home/ada/agent')).toBe(
      '/home/ada/agent/tools/na me.py:5',
    );
    expect(placeText({ ...inside, uri: null }, 'file:///home/ada/agent')).toBe(
      '/home/ada/agent/tools/na me.py:5',
    );
  });
});

describe('the buttons of an error', () => {
  const error: RunError = { code: 'INTERNAL_ERROR', message: '', suggestion: null, details: null };

  it('puts the inputs right before it sends what does not fit', () => {
    expect(errorActions({ ...error, action: 'send-anyway' })).toEqual(['edit-inputs', 'send-anyway']);
    expect(errorActions({ ...error, action: 'run-again' })).toEqual(['run-again']);
    expect(errorActions(error)).toEqual([]);
  });

  it('has something to debug only when the function was called', () => {
    expect(isWorthDebugging(error)).toBe(true);
    expect(isWorthDebugging({ ...error, kind: 'timeout-total' })).toBe(false);
    expect(isWorthDebugging({ ...error, code: 'VALIDATION_ERROR' })).toBe(false);
    expect(isWorthDebugging({ ...error, code: 'MY_OWN', frames: [frame('agent.py', 1)] })).toBe(true);
    expect(isWorthDebugging({ ...error, code: 'MY_OWN', frames: [outside(1)] })).toBe(false);
  });
});
