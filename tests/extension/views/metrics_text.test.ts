import { expect, it } from 'vitest';
import type { MetricsSnapshot } from '../../../extension/src/server/protocol.generated';
import { metricsText } from '../../../extension/src/views/metrics_text';
import { marked, plain } from '../plain';

const snapshot: MetricsSnapshot = {
  sessions: { active: 1, total: 1234, completed: 1200, failed: 30, cancelled: 3 },
  operations: { greet: 1234 },
  chunks: 0,
  bytes: 0,
  errors: { TIMEOUT: 30 },
  retries: 2,
  sheds: 0,
  latency: {
    count: 4,
    sumSeconds: 2,
    buckets: [
      { le: 0.1, count: 1 },
      { le: 0.5, count: 1 },
      { le: 1, count: 3 },
      { le: null, count: 4 },
    ],
  },
};

it('shows the counts as tables, and the text for Prometheus', () => {
  const text = metricsText(
    { snapshot, prometheus: '# TYPE agent_sessions counter\nagent_sessions 1\n' },
    plain,
  );
  expect(text).toMatch(/all +1,234\n/);
  expect(text).toMatch(/mean time +0\.500 s/);
  expect(text).toContain('By entrypoint\n  greet  1,234');
  expect(text).toContain('Failures by code\n  TIMEOUT  30');
  expect(text).toContain('Calls by time\n  0 to 0.1 s  1\n  0.5 to 1 s  2\n  over 1 s    1');
  expect(text.endsWith('agent_sessions 1\n')).toBe(true);
});

it('leaves out tables that have nothing in them', () => {
  const latency = { count: 0, sumSeconds: 0, buckets: [{ le: null, count: 0 }] };
  const empty = { ...snapshot, operations: {}, errors: {}, latency };
  const text = metricsText({ snapshot: empty, prometheus: '' }, plain);
  expect(text).not.toMatch(/By entrypoint|Failures by code|Calls by time/);
  expect(text).toMatch(/mean time +-/);
});

it('is translated', () => {
  const lines = metricsText({ snapshot, prometheus: '' }, marked).trim().split('\n');
  const ours = lines.filter((line) => !/^$|^ {2}(?:greet|TIMEOUT) /.test(line));
  expect(ours.length).toBeGreaterThan(15);
  for (const line of ours) expect(line).toMatch(/^ *«.*»/);
});
