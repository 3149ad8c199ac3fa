import { beforeEach, describe, expect, it } from 'vitest';
import { TerminalOutput, terminalText } from '../../../extension/src/cases/terminal_text';

describe('text for a terminal', () => {
  it('begins a new line at each line break of any kind', () => {
    expect(terminalText('a\nb\r\nc\rd')).toBe('a\r\nb\r\nc\r\nd');
  });

  it('does nothing but show what steers a terminal', () => {
    expect(terminalText('\u001b]8;;command:quit\u0007x\u001b[2J')).toBe('␛]8;;command:quit␇x␛[2J');
    expect(terminalText('a\u007f\u009b31mb\tc')).toBe('a␡\ufffd31mb\tc');
  });

  it('keeps everything else as it is', () => {
    expect(terminalText('Grüße, 世界 👋')).toBe('Grüße, 世界 👋');
  });
});

describe('the output of a case in its terminal', () => {
  let written = '';
  const output = (limit?: number) => new TerminalOutput((text) => (written += text), '[left out]', limit);
  beforeEach(() => {
    written = '';
  });

  it('joins pieces of text and puts values on lines of their own', () => {
    const it = output();
    it.item({ index: 0, atMs: 0, type: 'text', text: 'one ' });
    it.item({ index: 1, atMs: 0, type: 'text', text: 'two' });
    it.item({ index: 2, atMs: 0, type: 'value', value: { a: 1 } });
    it.item({ index: 3, atMs: 0, type: 'unknown-frame', text: '{"odd":true}' });
    it.note('Passed.');
    expect(written).toBe('one two\r\n{\r\n  "a": 1\r\n}\r\n{"odd":true}\r\nPassed.\r\n');
  });

  it('shows what a call has returned, and nothing for a stream', () => {
    const outcome = { runId: 'r', state: 'completed' as const, target: null, elapsedMs: 1, chunks: 0 };
    output().result({ ...outcome, value: { a: null } });
    output().result({ ...outcome, value: 'text' });
    output().result(outcome);
    expect(written).toBe('{\r\n  "a": null\r\n}\r\ntext\r\n');
  });

  it('leaves out what is beyond the limit, and says so once', () => {
    const it = output(10);
    it.text('12345678');
    it.text('9abcdef');
    it.text('more');
    it.line('more');
    it.note('Passed.');
    expect(written).toBe('123456789a\r\n[left out]\r\nPassed.\r\n');
  });

  it('says nothing of a limit that was met exactly', () => {
    const it = output(4);
    it.text('1234');
    it.note('Passed.');
    expect(written).toBe('1234\r\nPassed.\r\n');
  });
});
