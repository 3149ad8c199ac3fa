import { describe, expect, it } from 'vitest';
import { reportText } from '../../../extension/src/batch/report_text';
import type { BatchReport } from '../../../extension/src/server/protocol.generated';
import { marked, plain } from '../plain';

const report = (more: Partial<BatchReport> = {}): BatchReport => ({
  runId: 'r',
  outputUri: 'file:///p/out.jsonl',
  tag: 'greet',
  end: 'finished',
  done: 10,
  completed: 9,
  failed: 1,
  unknown: 0,
  resumed: 0,
  notRun: 0,
  shared: 0,
  retries: 0,
  successRate: 0.9,
  wallS: 2.5,
  pausedS: 0,
  itemsPerSecond: 4,
  errors: {},
  unknownItems: [],
  notices: [],
  ...more,
});
const places = { inputs: 'in.jsonl', results: 'out.jsonl', agent: 'RunAgent Cloud' };
const text = (more: Partial<BatchReport> = {}) => reportText(report(more), places, plain);

describe('the report of a batch', () => {
  it('counts, and says where the results are', () => {
    expect(text()).toBe(
      [
        'Batch greet: finished',
        '',
        'inputs   in.jsonl',
        'results  out.jsonl',
        'agent    RunAgent Cloud',
        '',
        'completed  9',
        'failed     1',
        'success    90.0 %',
        '',
        'took            2.5 s',
        'items a second  4.00',
        '',
      ].join('\n'),
    );
  });

  it('names failures by code with an example on one line', () => {
    const errors = { TIMEOUT: { count: 1200, example: { index: 4, line: 5, message: 'too\nslow' } } };
    expect(text({ errors })).toContain('Failures by code\n1,200 × TIMEOUT\n    line 5: too slow');
  });

  it('says how long answers took', () => {
    const latencyMs = { p50: 80, p90: 120, p95: 500, p99: 2000, count: 10, exact: true };
    expect(text({ latencyMs })).toMatch(
      /50 % answered within {2}80 ms\n.*90 % .*120 ms\n.*95 %.*\n99 % .*2\.0 s/,
    );
  });

  it('says honestly what a stopped batch left', () => {
    const stopped = text({
      end: 'interrupted',
      unknown: 2,
      unknownItems: [
        { index: 1, line: 2 },
        { index: 6, line: 7 },
      ],
      notRun: 5,
      resumed: 3,
      retries: 1,
      shared: 1,
      pausedS: 1,
      notices: ['The agent takes one call at a time.'],
      error: { code: 'GONE', message: 'It went away.', suggestion: 'Serve it.', details: null },
    });
    for (const part of [
      'stopped; "Resume" goes on',
      'may have run, no answer',
      'not run',
      'done in earlier runs',
      'repeated calls',
      'lines of the inputs: 2, 7',
      'The agent takes one call at a time.',
      'GONE: It went away.',
      'Serve it.',
    ]) {
      expect(stopped).toContain(part);
    }
  });

  it.each(['finished', 'gave-up', 'interrupted', 'refused'] as const)('is translated: %s', (end) => {
    const lines = reportText(report({ end, unknown: 1, resumed: 1 }), places, marked)
      .trim()
      .split('\n');
    for (const line of lines.filter((one) => one !== '')) expect(line).toMatch(/^«.*»/);
  });

  it('names the command that sets the missing key', () => {
    const error = { code: 'AUTHENTICATION_ERROR', message: 'No key.', suggestion: 'Sign in.', details: null };
    expect(text({ error: { ...error, action: 'set-api-key' } })).toMatch(
      /No key\.\n\n.*"RunAgent: Set API Key".*\n\nSign in\.\n$/,
    );
    expect(text({ error })).toMatch(/No key\.\n\nSign in\.\n$/);
  });

  it('of a batch without items has no rates', () => {
    expect(text({ successRate: null, itemsPerSecond: null })).not.toMatch(/success|items a second/);
    expect(text({ resumed: 10, itemsPerSecond: 0 })).not.toContain('items a second');
  });
});
