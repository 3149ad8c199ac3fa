import type { MetricsResult, MetricsSnapshot } from '../server/protocol.generated';
import type { Translate } from '../translate';

/** The counts of all calls since the server was started: a table for people, then the same for Prometheus. */
export function metricsText({ snapshot, prometheus }: MetricsResult, t: Translate): string {
  const { sessions, latency } = snapshot;
  const mean = latency.count === 0 ? '-' : `${(latency.sumSeconds / latency.count).toFixed(3)} s`;
  const calls: Row[] = [
    [t('running now'), sessions.active],
    [t('all'), sessions.total],
    [t('completed'), sessions.completed],
    [t('failed'), sessions.failed],
    [t('cancelled'), sessions.cancelled],
    [t('repeated calls'), snapshot.retries],
    [t('turned away, too many at once'), snapshot.sheds],
    [t('pieces of output'), snapshot.chunks],
    [t('bytes of output'), snapshot.bytes],
    [t('mean time'), mean],
  ];
  const sections = [
    table(t('Calls since the RunAgent server was started'), calls),
    table(t('By entrypoint'), Object.entries(snapshot.operations)),
    table(t('Failures by code'), Object.entries(snapshot.errors)),
    table(t('Calls by time'), times(snapshot, t)),
  ];
  const shown = sections.filter((section) => section !== '');
  const same = t('The same in the text format of Prometheus');
  return `${[...shown, same, prometheus.trimEnd()].join('\n\n')}\n`;
}

type Row = readonly [name: string, value: number | string];

/** How many calls fell into each range of time; empty ranges are left out. */
function times({ latency }: MetricsSnapshot, t: Translate): Row[] {
  let before = 0;
  let from = 0;
  const rows: Row[] = [];
  for (const { le, count } of latency.buckets) {
    const name = le === null ? t('over {0} s', from) : t('{0} to {1} s', from, le);
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
