import { describe, expect, it } from 'vitest';
import { failureText, logText, newInFailure, stateText } from '../../../extension/src/serving/log_text';
import { plain } from '../plain';
import { FAILURE, status, up } from './samples';

const atMs = new Date(2026, 0, 2, 3, 4, 5, 67).getTime(); // as the user's clock says it
const tagOf = (runId: string) => (runId.startsWith('1111') ? 'greet' : undefined);

describe('a line of the log', () => {
  it.each([
    ['11112222-3333', 'stdout', '03:04:05.067 [greet 11112222] hi'],
    ['11112222-3333', 'stderr', '03:04:05.067 [greet 11112222] ! hi'],
    ['99998888-7777', 'stdout', '03:04:05.067 [99998888] hi'],
    [null, 'stdout', '03:04:05.067 [agent] hi'],
    [null, 'server', '03:04:05.067 [server] hi'],
  ] as const)('names what wrote it: %s on %s', (runId, stream, text) => {
    expect(logText({ runId, stream, text: 'hi', atMs }, tagOf)).toBe(`${text}\n`);
  });

  it('has no empty line after it, however it ended, and keeps the empty ones inside', () => {
    const log = (text: string) => logText({ runId: null, stream: 'server', text, atMs }, tagOf);
    expect(log('a\r\n')).toBe('03:04:05.067 [server] a\n');
    expect(log('a\n\nb')).toBe('03:04:05.067 [server] a\n03:04:05.067 [server] \n03:04:05.067 [server] b\n');
  });
});

describe('what is new in a failure', () => {
  const { suggestion, ...bare } = FAILURE;

  it('is said once', () => {
    expect(newInFailure(undefined, FAILURE)).toBe(failureText(FAILURE));
    expect(newInFailure(FAILURE, { ...FAILURE })).toBe('');
    expect(newInFailure(FAILURE, undefined)).toBe('');
    expect(newInFailure(FAILURE, { ...FAILURE, message: 'other' })).toContain('other');
  });

  it('is what helps, when that is found later', () => {
    expect(newInFailure(bare, FAILURE)).toBe(suggestion);
  });
});

describe('a change of state', () => {
  it.each([
    [up('reloading'), up('stale'), 'The code of before goes on answering.'],
    [up('stale'), up('ready'), 'The changed code is served.'],
    [up('ready'), status('stopped'), 'Stopped.'],
    [up('stale'), up('stale'), ''],
    [status('starting'), up('ready'), ''],
    [undefined, status('stopped'), ''],
  ])('is told where no step tells it', (before, now, text) => {
    expect(stateText(before, now, plain)).toBe(text);
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

  it('names no function where there is none', () => {
    const frames = FAILURE.frames.map((frame) => ({ ...frame, function: '', text: null }));
    expect(failureText({ ...FAILURE, frames })).toContain('\n  /usr/lib/x.py:10\n');
  });
});
