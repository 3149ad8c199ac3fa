import { describe, expect, it } from 'vitest';
import { failureText, logText } from '../../../extension/src/serving/log_text';
import { FAILURE } from './samples';

const atMs = Date.UTC(2026, 0, 2, 3, 4, 5, 67);
const tagOf = (runId: string) => (runId.startsWith('1111') ? 'greet' : undefined);

describe('a line of the log', () => {
  it.each([
    ['11112222-3333', 'stdout', '03:04:05.067 [greet 11112222] hi'],
    ['11112222-3333', 'stderr', '03:04:05.067 [greet 11112222] ! hi'],
    ['99998888-7777', 'stdout', '03:04:05.067 [99998888] hi'],
    [null, 'stdout', '03:04:05.067 [agent] hi'],
    [null, 'server', '03:04:05.067 [server] hi'],
  ] as const)('names what wrote it: %s on %s', (runId, stream, text) => {
    expect(logText({ runId, stream, text: 'hi', atMs }, tagOf)).toBe(text);
  });
});

describe('a failure', () => {
  it('is told with its places, lines counted as people do, and what to do', () => {
    expect(failureText(FAILURE).split('\n')).toEqual([
      'AGENT_START_ERROR: invalid syntax (main.py, line 4)',
      'more',
      '  main.py:4',
      '    def (:',
      '  /usr/lib/x.py:10 in load',
      'Put it right and save.',
    ]);
  });
});
