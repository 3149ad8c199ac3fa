import { duration } from '../panel/duration';
import type { BatchReport } from '../server/protocol.generated';

/** A batch's end as a text to read. The words are those of `runagent-ls batch`, so they are not translated. */
export function reportText(report: BatchReport, inputPath: string, outputPath: string): string {
  const sections = [
    `Batch ${report.tag}: ${ENDS[report.end]}`,
    [`Inputs:  ${inputPath}`, `Results: ${outputPath}`].join('\n'),
    lines(counts(report)),
    lines(times(report)),
    ...errorSection(report),
    ...unknownSection(report),
    ...report.notices,
  ];
  if (report.error !== undefined) sections.push(`${report.error.code}: ${report.error.message}`);
  if (report.error?.suggestion) sections.push(report.error.suggestion);
  return `${sections.join('\n\n')}\n`;
}

const ENDS: Readonly<Record<BatchReport['end'], string>> = {
  finished: 'finished',
  'gave-up': 'gave up, because the agent stayed away; "Resume" goes on with it',
  interrupted: 'stopped; "Resume" goes on with it',
  refused: 'refused, because the agent takes no call of this kind',
};

type Fact = readonly [name: string, value: string];

function counts(report: BatchReport): Fact[] {
  const facts: Fact[] = [
    ['completed', number(report.completed)],
    ['failed', number(report.failed)],
  ];
  if (report.unknown > 0) facts.push(['may have run, no answer', number(report.unknown)]);
  if (report.notRun) facts.push(['not run', number(report.notRun)]);
  if (report.resumed > 0) facts.push(['done in earlier runs', number(report.resumed)]);
  if (report.shared > 0) facts.push(['shared with an identical one', number(report.shared)]);
  if (report.retries > 0) facts.push(['repeated calls', number(report.retries)]);
  if (report.successRate !== null) facts.push(['success', `${(report.successRate * 100).toFixed(1)} %`]);
  return facts;
}

function times(report: BatchReport): Fact[] {
  const facts: Fact[] = [['took', duration(report.wallS * 1000)]];
  if (report.pausedS > 0) facts.push(['waited for the agent', duration(report.pausedS * 1000)]);
  // When all had ended in earlier runs, there is nothing to measure.
  const rate = report.done > report.resumed ? report.itemsPerSecond : null;
  if (rate !== null) facts.push(['items a second', rate.toFixed(2)]);
  const latency = report.latencyMs;
  if (latency !== undefined) {
    for (const name of ['p50', 'p90', 'p95', 'p99'] as const) {
      facts.push([`${name.slice(1)} % answered within`, duration(latency[name])]);
    }
  }
  return facts;
}

function errorSection(report: BatchReport): string[] {
  const rows = Object.entries(report.errors).map(
    ([code, { count, example }]) =>
      `${number(count)} × ${code}\n    line ${example.line}: ${oneLine(example.message)}`,
  );
  return rows.length === 0 ? [] : [['Failures by code', ...rows].join('\n')];
}

function unknownSection(report: BatchReport): string[] {
  if (report.unknownItems.length === 0) return [];
  const named = report.unknownItems.map(({ line }) => line).join(', ');
  return [`These may have run, though no answer came; lines of the inputs: ${named}`];
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
