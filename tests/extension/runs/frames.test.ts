import { describe, expect, it } from 'vitest';
import { placeOf, placeOfFailure } from '../../../extension/src/runs/frames';
import type { TracebackFrame } from '../../../extension/src/server/protocol.generated';

function frame(uri: string | null, line = 4): TracebackFrame {
  return { uri, file: 'main.py', line, function: 'greet', text: 'raise ValueError' };
}

describe('a frame of a traceback', () => {
  it('names the file and the line', () => {
    expect(placeOf(frame('file:///p/my%20agent/main.py'))).toEqual({
      uri: 'file:///p/my%20agent/main.py',
      line: 4,
    });
  });

  it('never names a line before the first', () => {
    expect(placeOf(frame('file:///p/main.py', -3))?.line).toBe(0);
  });

  it.each([
    null,
    'command:workbench.action.quit',
    'https://evil.invalid/main.py',
    'vscode://publisher.extension/x',
    'file://evil.invalid/share/main.py',
    'file:////evil.invalid/share/main.py',
    'file:///p/../etc/passwd',
    'file:///p/%2e%2e/etc/passwd',
    'file:///p/..%5cetc/passwd',
    'file:///p/%ff',
  ])('%s opens nothing', (uri) => {
    expect(placeOf(frame(uri))).toBeUndefined();
  });

  it('that is not there opens nothing', () => {
    expect(placeOf(undefined)).toBeUndefined();
  });
});

describe('an agent that does not start', () => {
  it('failed in the innermost file that can be opened', () => {
    const frames = [frame('file:///p/main.py', 1), frame('file:///p/helpers.py', 7), frame(null, 9)];
    expect(placeOfFailure({ code: 'X', message: 'm', frames })).toEqual({
      uri: 'file:///p/helpers.py',
      line: 7,
    });
    expect(placeOfFailure({ code: 'X', message: 'm', frames: [] })).toBeUndefined();
  });
});
