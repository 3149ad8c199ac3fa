/** A time to the tenth of a millisecond where that says something: `0.4 ms`, `85 ms`, `3.21 s`. */
export function formatMs(milliseconds: number): string {
  if (milliseconds < 10) return `${milliseconds.toFixed(1)} ms`;
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 100_000) return `${(milliseconds / 1_000).toFixed(2)} s`;
  return `${Math.round(milliseconds / 1_000).toLocaleString()} s`;
}

const UNITS = ['B', 'kB', 'MB', 'GB'] as const;

/** A size in decimal units: `12 B`, `3.4 kB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`;
}

/** A rate without more digits than it is known to. */
export function formatRate(perSecond: number): string {
  return perSecond < 10 ? perSecond.toFixed(1) : Math.round(perSecond).toLocaleString();
}
