import { describe, expect, it } from 'vitest';
import { counted, wordFor } from '../../extension/src/translate';

describe('a count', () => {
  it('has its noun in the right number', () => {
    const steps = (count: number) => counted(count, '1 step', '{0} steps', 'en');
    expect([0, 1, 2, 12_345].map(steps)).toEqual(['0 steps', '1 step', '2 steps', '12,345 steps']);
  });
});

describe('wordFor', () => {
  it('knows the words that are there, and nothing that objects have of themselves', () => {
    expect(wordFor({ answered: 'Answered' }, 'answered')).toBe('Answered');
    for (const key of ['constructor', '__proto__', 'toString', 'stopped']) {
      expect(wordFor({ answered: 'Answered' }, key)).toBeUndefined();
    }
  });
});
