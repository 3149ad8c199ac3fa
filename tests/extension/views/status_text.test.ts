import { describe, expect, it } from 'vitest';
import type { ServerState } from '../../../extension/src/server/controller';
import { describeState } from '../../../extension/src/server/describe_state';
import { statusText } from '../../../extension/src/views/status_text';
import { marked, plain } from '../plain';

const interpreter = { executable: '/usr/bin/python3', version: '3.12.1', origin: 'the PATH' };
const ready: ServerState<object> = { kind: 'ready', interpreter, session: {} };
const crashed: ServerState<object> = { kind: 'stopped', cause: 'crashed', message: 'It ended.' };

describe('the status item', () => {
  it('is busy while the server starts', () => {
    expect(statusText({ kind: 'looking' }, '0.1.0', undefined, plain)).toMatchObject({
      busy: true,
      detail: 'looking for Python',
    });
    expect(statusText({ kind: 'starting', interpreter }, '0.1.0', undefined, plain)).toMatchObject({
      busy: true,
      detail: 'starting with Python 3.12.1',
    });
  });

  it.each([
    [undefined, 'RunAgent 0.1.0'],
    [0, 'RunAgent 0.1.0 · no agents'],
    [1, 'RunAgent 0.1.0 · 1 agent'],
    [12, 'RunAgent 0.1.0 · 12 agents'],
  ])('with %s projects says %s', (projects, text) => {
    expect(statusText(ready, '0.1.0', projects, plain)).toMatchObject({
      text,
      detail: 'ready, Python 3.12.1 from the PATH',
      action: 'showLogs',
      busy: false,
    });
  });

  it('offers a restart when the server has stopped', () => {
    expect(statusText(crashed, '0.1.0', undefined, plain)).toMatchObject({
      detail: 'ended unexpectedly',
      severity: 'error',
      action: 'restart',
    });
  });
});

describe('the log', () => {
  it('names the interpreter and the reason', () => {
    expect(describeState({ kind: 'starting', interpreter })).toBe(
      'Starting the server with /usr/bin/python3 (Python 3.12.1 from the PATH).',
    );
    expect(describeState(crashed)).toBe('The server is stopped. It ended.');
  });

  it('is in the user’s language', () => {
    const stopped: ServerState<unknown> = { kind: 'stopped', cause: 'crashed', message: '' };
    expect(statusText(stopped, '0.1.0', undefined, marked)).toMatchObject({
      text: '«RunAgent stopped»',
      detail: '«ended unexpectedly»',
    });
  });
});
