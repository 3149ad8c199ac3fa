import { describe, expect, it } from 'vitest';
import { frameToOpen } from '../../../extension/src/runs/frames';
import type { RunError } from '../../../extension/src/server/protocol.generated';

function failed(uri: string | null, line = 4): RunError {
  const frame = { uri, file: 'main.py', line, function: 'greet', text: 'raise ValueError' };
  return { code: 'X', message: 'm', suggestion: null, details: null, frames: [frame] };
}

describe('a frame of a traceback', () => {
  it('names the file and the line', () => {
    expect(frameToOpen(failed('file:///p/my%20agent/main.py'), 0)).toEqual({
      uri: 'file:///p/my%20agent/main.py',
      line: 4,
    });
  });

  it('never names a line before the first', () => {
    expect(frameToOpen(failed('file:///p/main.py', -3), 0)?.line).toBe(0);
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
    expect(frameToOpen(failed(uri), 0)).toBeUndefined();
  });

  it('that is not there opens nothing', () => {
    expect(frameToOpen(failed('file:///p/main.py'), 1)).toBeUndefined();
    expect(frameToOpen(failed('file:///p/main.py'), -1)).toBeUndefined();
    expect(frameToOpen(null, 0)).toBeUndefined();
  });
});
