import { describe, expect, it } from 'vitest';
import { prettyText } from '../../../extension/src/output/chunk';

describe('a value with line breaks', () => {
  it('has one for each part, whatever stands in its texts', () => {
    const value = { list: [1, { a: ']]]"[[[,' }], none: [], text: '\\' };
    expect(prettyText({ kind: 'value', text: JSON.stringify(value) })).toBe(
      JSON.stringify(value, undefined, 2),
    );
  });

  it('is a text of any length', () => {
    const text = JSON.stringify('\\'.repeat(3_000_000) + 'x'.repeat(7_000_000));
    expect(prettyText({ kind: 'value', text }) === text).toBe(true);
  });

  it('stays as it is when the blanks before its lines would fill the memory', () => {
    const text = `${'['.repeat(900)}${'1,'.repeat(100_000)}1${']'.repeat(900)}`;
    expect(prettyText({ kind: 'value', text })).toHaveLength(text.length);
  });
});
