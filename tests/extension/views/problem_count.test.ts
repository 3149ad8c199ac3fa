import { describe, expect, it } from 'vitest';
import { problemsOf } from '../../../extension/src/views/problem_count';

const OUTER = 'file:///p/runagent.config.json';
const INNER = 'file:///p/inner/runagent.config.json';
const ROOTS = new Map([
  [OUTER, 'file:///p'],
  [INNER, 'file:///p/inner/'],
]);
const error = { source: 'runagent', severity: 0 };
const warning = { source: 'runagent', severity: 1 };

describe('the findings of an agent', () => {
  it('are counted over all its files, by severity', () => {
    const counts = problemsOf(ROOTS, [
      { uri: OUTER, diagnostics: [error, warning] },
      { uri: 'file:///p/main.py', diagnostics: [error, { source: 'runagent', severity: 3 }] },
    ]);
    expect(counts.get(OUTER)).toEqual({ errors: 2, warnings: 1 });
    expect(counts.get(INNER)).toEqual({ errors: 0, warnings: 0 });
  });

  it('belong to the innermost agent around the file', () => {
    const counts = problemsOf(ROOTS, [{ uri: 'file:///p/inner/main.py', diagnostics: [error] }]);
    expect(counts.get(INNER)?.errors).toBe(1);
    expect(counts.get(OUTER)?.errors).toBe(0);
  });

  it('are only our own, and only those of agents', () => {
    const counts = problemsOf(ROOTS, [
      { uri: 'file:///p/main.py', diagnostics: [{ source: 'Pylance', severity: 0 }, { severity: 0 }] },
      { uri: 'file:///pother/main.py', diagnostics: [error] },
    ]);
    expect([...counts.values()]).toEqual([
      { errors: 0, warnings: 0 },
      { errors: 0, warnings: 0 },
    ]);
  });
});
