import { describe, expect, it } from 'vitest';
import { barText, stoppedText, withTarget } from '../../../extension/src/serving/bar_text';
import { marked, plain } from '../plain';
import { FAILURE, served, status, up } from './samples';

const time = (seconds: number) => `<${seconds}>`;

describe('the item of the status bar', () => {
  it.each([
    [undefined, '$(circle-slash) hello: not served', 'The agent hello is not served.', 'calm'],
    [
      served(status('stopped')),
      '$(circle-slash) hello: not served',
      'The agent hello is not served.',
      'calm',
    ],
    [
      served(status('starting'), { step: 'Importing main.py' }),
      '$(loading~spin) hello: starting',
      'The agent hello is starting. Importing main.py',
      'calm',
    ],
    [served(up('ready')), '$(pass) hello :8450', 'The agent hello is served at 127.0.0.1:8450.', 'calm'],
    [
      served(up('ready', { debugPort: 5678 })),
      '$(bug) hello :8450',
      'The agent hello is served at 127.0.0.1:8450, for debugging.',
      'calm',
    ],
    [
      served(up('reloading')),
      '$(sync~spin) hello :8450',
      'The agent hello is reloading; it goes on answering at 127.0.0.1:8450.',
      'calm',
    ],
    [
      served(up('stale', { staleSince: 42, failure: FAILURE })),
      '$(warning) hello :8450 stale since <42>',
      'The agent hello is stale since <42>: its changed code does not start, so the code of before answers at 127.0.0.1:8450. invalid syntax (main.py, line 4)',
      'warning',
    ],
    [
      served(up('ready', { own: false })),
      '$(pass) hello :8450',
      'The agent hello is served at 127.0.0.1:8450, by another editor or a terminal.',
      'calm',
    ],
    [
      served(status('failed', { failure: FAILURE })),
      '$(error) hello: failed',
      'The agent hello is not served, because it failed. invalid syntax (main.py, line 4)',
      'error',
    ],
    [served(up('stopping')), '$(loading~spin) hello: stopping', 'The agent hello is stopping.', 'calm'],
  ])('says how the agent is', (agent, text, sentence, severity) => {
    expect(barText('hello', agent, plain, time)).toEqual({ text, sentence, severity });
  });

  it('is translated', () => {
    expect(barText('hello', served(up('ready')), marked, time).sentence).toMatch(/^«.*»$/);
  });

  it('says where runs go when the settings name an address', () => {
    const shown = barText('hello', served(up('ready')), plain, time);
    expect(withTarget(shown, '10.0.0.5:9000', plain)).toEqual({
      text: '$(pass) hello :8450 $(arrow-right) 10.0.0.5:9000',
      sentence:
        'The agent hello is served at 127.0.0.1:8450. Runs of it go to 10.0.0.5:9000, as the settings say.',
      severity: 'calm',
    });
    expect(withTarget(shown, undefined, plain)).toBe(shown);
  });

  it('says that nobody knows while the language server is stopped', () => {
    expect(stoppedText(plain)).toMatchObject({ text: '$(error) RunAgent stopped', severity: 'error' });
    expect(stoppedText(marked).sentence).toMatch(/^«.*»$/);
  });
});
