import { duration } from '../duration';
import { errorHints } from '../runs/error_hints';
import type { BatchReport, RunError } from '../server/protocol.generated';
import type { Translate } from '../translate';

/** Where a batch came from and went to, for people. */
export interface BatchPlaces {
  readonly inputs: string;
  readonly results: string;
  readonly agent: string;
}

/** A batch's end as a text to read. */
export function reportText(report: BatchReport, places: BatchPlaces, t: Translate): string {
  const sections = [
    t('Batch {0}: {1}', report.tag, end(report.end, t)),
    lines([
      [t('inputs'), places.inputs],
      [t('results'), places.results],
      [t('agent'), places.agent],
    ]),
    lines(counts(report, t)),
    lines(times(report, t)),
    ...errorSection(report, t),
    ...unknownSection(report, t),
    ...report.notices,
  ];
  if (report.error !== undefined) sections.push(failure(report.error, t));
  return `${sections.join('\n\n')}\n`;
}

function end(state: BatchReport['end'], t: Translate): string {
  switch (state) {
    case 'finished':
      return t('finished');
    case 'gave-up':
      return t('gave up, because the agent stayed away; "Resume" goes on with it');
    case 'interrupted':
      return t('stopped; "Resume" goes on with it');
    case 'refused':
      return t('refused, because the agent takes no call of this kind');
  }
}

type Fact = readonly [name: string, value: string];

function counts(report: BatchReport, t: Translate): Fact[] {
  const facts: Fact[] = [
    [t('completed'), number(report.completed)],
    [t('failed'), number(report.failed)],
  ];
  if (report.unknown > 0) facts.push([t('may have run, no answer'), number(report.unknown)]);
  if (report.notRun) facts.push([t('not run'), number(report.notRun)]);
  if (report.resumed > 0) facts.push([t('done in earlier runs'), number(report.resumed)]);
  if (report.shared > 0) facts.push([t('shared with an identical one'), number(report.shared)]);
  if (report.retries > 0) facts.push([t('repeated calls'), number(report.retries)]);
  if (report.successRate !== null) facts.push([t('success'), `${(report.successRate * 100).toFixed(1)} %`]);
  return facts;
}

function times(report: BatchReport, t: Translate): Fact[] {
  const facts: Fact[] = [[t('took'), duration(report.wallS * 1000)]];
  if (report.pausedS > 0) facts.push([t('waited for the agent'), duration(report.pausedS * 1000)]);
  // When all had ended in earlier runs, there is nothing to measure.
  const rate = report.done > report.resumed ? report.itemsPerSecond : null;
  if (rate !== null) facts.push([t('items a second'), rate.toFixed(2)]);
  const latency = report.latencyMs;
  if (latency !== undefined) {
    for (const name of ['p50', 'p90', 'p95', 'p99'] as const) {
      facts.push([t('{0} % answered within', name.slice(1)), duration(latency[name])]);
    }
  }
  return facts;
}

function errorSection(report: BatchReport, t: Translate): string[] {
  const rows = Object.entries(report.errors).map(([code, { count, example }]) => {
    const where = t('line {0}: {1}', example.line, oneLine(example.message));
    return `${number(count)} × ${code}\n    ${where}`;
  });
  return rows.length === 0 ? [] : [[t('Failures by code'), ...rows].join('\n')];
}

function unknownSection(report: BatchReport, t: Translate): string[] {
  if (report.unknownItems.length === 0) return [];
  const named = report.unknownItems.map(({ line }) => line).join(', ');
  return [t('These may have run, though no answer came; lines of the inputs: {0}', named)];
}

function failure({ code, message, action, suggestion }: RunError, t: Translate): string {
  const hint = action && errorHints(t)[action];
  return [`${code}: ${message}`, hint, suggestion].filter((text) => text).join('\n\n');
}

function lines(facts: readonly Fact[]): string {
  const width = Math.max(...facts.map(([name]) => name.length));
  return facts.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n');
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim().slice(0, 300);
}
