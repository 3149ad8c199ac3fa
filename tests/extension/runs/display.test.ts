import { describe, expect, it } from 'vitest';
import { displayItem, displayValue, PIECE_LIMIT } from '../../../extension/src/runs/display';
import { Transcript } from '../../../extension/src/runs/transcript';

describe('what is drawn of a piece', () => {
  it('is the piece itself when it is short', () => {
    expect(displayItem({ index: 0, atMs: 0, type: 'text', text: 'hi' })).toEqual({
      kind: 'text',
      text: 'hi',
    });
    expect(displayItem({ index: 0, atMs: 0, type: 'value', value: { a: [] } })).toEqual({
      kind: 'value',
      text: '{\n  "a": []\n}',
    });
    expect(displayItem({ index: 0, atMs: 0, type: 'unknown-frame', text: '?' })).toEqual({
      kind: 'frame',
      text: '?',
    });
  });

  it('is the head of a line of 10 MB', () => {
    const item = displayItem({ index: 0, atMs: 0, type: 'text', text: 'x'.repeat(10_000_000) });
    expect(item.text).toHaveLength(PIECE_LIMIT);
    expect(item.wholeLength).toBe(10_000_000);
  });

  it('knows the length of what the server has already cut', () => {
    const item = displayItem({ index: 0, atMs: 0, type: 'text', text: 'head', truncatedFrom: 500 });
    expect(item).toEqual({ kind: 'text', text: 'head', wholeLength: 500 });
  });

  it('does not cut a character in two', () => {
    const item = displayItem({ index: 0, atMs: 0, type: 'text', text: `${'x'.repeat(PIECE_LIMIT - 1)}😀` });
    expect(item.text).toBe('x'.repeat(PIECE_LIMIT - 1));
  });

  it('of a result is text for text and JSON for the rest', () => {
    expect(displayValue('a "b"')).toEqual({ kind: 'text', text: 'a "b"' });
    expect(displayValue(null)).toEqual({ kind: 'value', text: 'null' });
    expect(displayValue([1])).toEqual({ kind: 'value', text: '[\n  1\n]' });
  });
});

describe('the transcript', () => {
  it('joins pieces of text and gives values their own lines', () => {
    const transcript = new Transcript();
    transcript.add('a', false);
    transcript.add('b', false);
    transcript.add('{}', true);
    transcript.add('c', false);
    expect(transcript.text()).toBe('ab\n{}\nc');
  });

  it('has an end, and says so', () => {
    const transcript = new Transcript(5);
    transcript.add('abc', false);
    transcript.add('defg', false);
    transcript.add('h', false);
    expect(transcript.text()).toBe('abcde\n[3 more characters were not kept]\n');
  });
});
