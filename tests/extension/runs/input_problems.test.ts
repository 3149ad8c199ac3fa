import { describe, expect, it } from 'vitest';
import { inputProblems } from '../../../extension/src/runs/input_problems';
import type { RunError } from '../../../extension/src/server/protocol.generated';

const error = (details: unknown): RunError => ({
  code: 'VALIDATION_ERROR',
  message: 'm',
  suggestion: null,
  details,
});

describe('the problems of a refused call', () => {
  it('name the parameter and the place in its value', () => {
    const problems = [
      { parameter: 'name', path: ['name'], message: 'is missing', expected: 'text', certain: true },
      {
        parameter: 'order',
        path: ['order', 'items', 2, 'price'],
        message: 'is no number',
        expected: null,
        certain: false,
      },
      { parameter: null, path: [], message: 'too many arguments', expected: null, certain: true },
    ];
    expect(inputProblems(error({ problems }))).toEqual([
      { where: 'name', message: 'is missing' },
      { where: 'order.items[2].price', message: 'is no number' },
      { where: '', message: 'too many arguments' },
    ]);
  });

  it.each([
    ['name is missing: text.', ''],
    ['greet has no parameter name; did you mean nave?', ''],
    ['Something else is wrong with name.', ''],
    ['The rename is wrong.', 'name'],
  ])('do not repeat the place that is named in %j', (message, where) => {
    const problem = { parameter: 'name', path: ['name'], message, expected: null, certain: true };
    expect(inputProblems(error({ problems: [problem] }))).toEqual([{ where, message }]);
  });

  it.each([
    null,
    'text',
    [],
    {},
    { problems: 'x' },
    { problems: [null, 3, {}, { message: 1 }, { parameter: 'a', path: [{}], message: 'm' }] },
  ])('are none in %j', (details) => {
    expect(inputProblems(error(details))).toEqual([]);
  });
});
