import { describe, expect, it } from 'vitest';
import { failureSentence } from '../../../extension/src/serving/failure_sentence';
import { FAILURE } from './samples';

describe('why an agent does not start', () => {
  it('is one sentence, and what to do where that is not offered otherwise', () => {
    expect(failureSentence(FAILURE, false)).toBe('invalid syntax (main.py, line 4).');
    expect(failureSentence(FAILURE, true)).toBe('invalid syntax (main.py, line 4). Put it right and save.');
    expect(failureSentence({ ...FAILURE, message: 'Why?' }, false)).toBe('Why?');
    expect(failureSentence(undefined, true)).toBe('');
  });
});
