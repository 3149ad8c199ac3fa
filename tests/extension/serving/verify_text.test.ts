import { describe, expect, it } from 'vitest';
import type { VerifyResult } from '../../../extension/src/server/protocol.generated';
import { allGood, verifyText } from '../../../extension/src/serving/verify_text';
import { plain } from '../plain';
import { FAILURE } from './samples';

const good: VerifyResult['entrypoints'][number] = {
  tag: 'greet',
  exists: true,
  callable: true,
  streams: false,
  kind: 'function',
  signature: '(name: str) -> str',
  uri: 'file:///p/my%20main.py',
  line: 4,
};
const result = (more: Partial<VerifyResult> = {}): VerifyResult => ({
  python: '3.11.7',
  interpreter: '/p/.venv/bin/python',
  entrypoints: [good],
  ...more,
});

describe('what an import of the entrypoints has shown', () => {
  it('is told entrypoint by entrypoint', () => {
    expect(verifyText('hello', result(), plain)).toBe(
      [
        'hello: 1 of 1 entrypoints can be called',
        '',
        'Python 3.11.7, /p/.venv/bin/python',
        '',
        '✓ greet',
        '  exists         yes',
        '  can be called  yes',
        '  kind           function',
        '  signature      (name: str) -> str',
        '  streams        no',
        '  defined in     my main.py:5',
        '',
      ].join('\n'),
    );
  });

  it('leaves out what cannot be told, and says what is wrong', () => {
    const text = verifyText(
      'hello',
      result({ entrypoints: [good, { tag: 'gone', exists: false, failure: FAILURE }] }),
      plain,
    );
    expect(text).toContain('1 of 2 entrypoints');
    expect(text).toContain('✗ gone\n  exists  no\n  AGENT_START_ERROR: invalid syntax');
  });

  it('says the same failure once', () => {
    const broken = { tag: 'gone', exists: false, failure: FAILURE };
    const text = verifyText('hello', result({ entrypoints: [broken], failure: FAILURE }), plain);
    expect(text.split('invalid syntax')).toHaveLength(2);
  });

  it('says why nothing was imported', () => {
    expect(verifyText('hello', result({ entrypoints: [], failure: FAILURE }), plain)).toContain('main.py:4');
  });

  it.each([
    [result(), true],
    [result({ failure: FAILURE }), false],
    [result({ entrypoints: [{ ...good, callable: false }] }), false],
    [result({ entrypoints: [{ ...good, exists: false }] }), false],
    [result({ entrypoints: [{ tag: 'hook', exists: true }] }), true],
  ])('is good or not', (of, expected) => {
    expect(allGood(of)).toBe(expected);
  });
});
