import type { MetricsResult, MetricsSnapshot } from '../server/protocol.generated';

/** The counts of all calls since the server was started: a table for people, then the same for Prometheus. */
export function metricsText({ snapshot, prometheus }: MetricsResult): string {
  const { sessions, latency } = snapshot;
  const mean = latency.count === 0 ? '-' : `${(latency.sumSeconds / latency.count).toFixed(3)} s`;
  const calls: Row[] = [
    ['running now', sessions.active],
    ['all', sessions.total],
    ['completed', sessions.completed],
    ['failed', sessions.failed],
    ['cancelled', sessions.cancelled],
    ['repeated calls', snapshot.retries],
    ['turned away, too many at once', snapshot.sheds],
    ['pieces of output', snapshot.chunks],
    ['bytes of output', snapshot.bytes],
    ['mean time', mean],
  ];
  const sections = [
    table('Calls since the RunAgent server was started', calls),
    table('By entrypoint', Object.entries(snapshot.operations)),
    table('Failures by code', Object.entries(snapshot.errors)),
    table('Calls by time', times(snapshot)),
  ];
  const shown = sections.filter((section) => section !== '');
  return `${shown.join('\n\n')}\n\nThe same in Prometheus' text format\n\n${prometheus.trimEnd()}\n`;
}

type Row = readonly [name: string, value: number | string];

/** How many calls fell into each range of time; empty ranges are left out. */
function times({ latency }: MetricsSnapshot): Row[] {
  let before = 0;
  let from = 0;
  const rows: Row[] = [];
  for (const { le, count } of latency.buckets) {
    const name = le === null ? `over ${from} s` : `${from} to ${le} s`;
    if (count > before) rows.push([name, count - before]);
    before = count;
    from = le ?? from;
  }
  return rows;
}

function table(heading: string, rows: readonly Row[]): string {
  if (rows.length === 0) return '';
  const texts = rows.map(([name, value]) => [name, value.toLocaleString('en-US')] as const);
  const width = Math.max(...texts.map(([name]) => name.length));
  const valueWidth = Math.max(...texts.map(([, value]) => value.length));
  const lines = texts.map(([name, value]) => `  ${name.padEnd(width)}  ${value.padStart(valueWidth)}`);
  return [heading, ...lines].join('\n');
}
