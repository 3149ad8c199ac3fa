import { describe, expect, it } from 'vitest';
import { errorMessage, errorText, furtherDetails } from '../../../extension/src/runs/error_text';
import type { RunError } from '../../../extension/src/server/protocol.generated';

const error: RunError = {
  code: 'INTERNAL_ERROR',
  message: 'no luck',
  suggestion: 'Try other inputs.',
  details: {
    kind: 'raised',
    exception: 'ValueError',
    frames: [],
    traceback: 'Traceback ...\nValueError: no luck\n',
  },
};

describe('errorMessage', () => {
  it.each([
    [error, 'ValueError: no luck'],
    [{ ...error, message: '' }, 'ValueError'],
    [{ ...error, message: 'ValueError: said already' }, 'ValueError: said already'],
    [{ ...error, details: { exception: 5 } }, 'no luck'],
    [{ ...error, details: null }, 'no luck'],
    [{ ...error, details: 'text' }, 'no luck'],
  ])('names the exception once', (given, wanted) => {
    expect(errorMessage(given)).toBe(wanted);
  });
});

describe('errorText', () => {
  it('holds all that the page shows', () => {
    const frames = [
      { uri: null, file: '/lib/client.py', line: 0, function: null, text: null },
      {
        uri: 'file:///agent/main.py',
        file: 'main.py',
        line: 11,
        function: 'greet',
        text: 'raise ValueError',
      },
    ];
    expect(errorText({ ...error, frames })).toBe(
      [
        'INTERNAL_ERROR: ValueError: no luck',
        '',
        'Traceback (innermost call last):',
        '  File "/lib/client.py", line 1',
        '  File "main.py", line 12, in greet',
        '    raise ValueError',
        '',
        'Try other inputs.',
        '',
      ].join('\n'),
    );
  });

  it('lists the problems of refused inputs', () => {
    const problem = {
      parameter: 'name',
      path: ['name'],
      message: 'must be text',
      expected: 'str',
      certain: true,
    };
    const refused: RunError = {
      ...error,
      code: 'VALIDATION_ERROR',
      suggestion: null,
      details: { problems: [problem] },
    };
    expect(errorText(refused)).toBe('VALIDATION_ERROR: no luck\n- name must be text\n');
  });
});

describe('furtherDetails', () => {
  it('shows a traceback as it was written, and no more of what is shown already', () => {
    expect(furtherDetails(error)).toBe('Traceback ...\nValueError: no luck');
    const more = { ...(error.details as object), status: 500 };
    expect(furtherDetails({ ...error, details: more })).toBe(
      'Traceback ...\nValueError: no luck\n\n{\n  "status": 500\n}',
    );
  });

  it.each([
    ['text', 'text'],
    [[1], '[\n  1\n]'],
    [{ a: 1 }, '{\n  "a": 1\n}'],
    [null, undefined],
    [{}, undefined],
    [{ traceback: 5, kind: 'x' }, undefined],
  ])('of %j', (details, wanted) => {
    expect(furtherDetails({ ...error, details })).toBe(wanted);
  });
});
