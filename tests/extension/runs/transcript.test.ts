import { describe, expect, it } from 'vitest';
import { Transcript } from '../../../extension/src/runs/transcript';

describe('the transcript', () => {
  it('joins pieces of text and gives values their own lines', () => {
    const transcript = new Transcript();
    transcript.add('a', false);
    transcript.add('b', false);
    transcript.add('{}', true);
    transcript.add('c', false);
    expect(transcript.text()).toBe('ab\n{}\nc');
  });
});
