import { duration } from '../duration';
import type { BatchProgressParams } from '../server/protocol.generated';

/** Words of a batch that goes on; `{0}` and so on are filled in here. */
export interface ProgressWords {
  readonly done: string;
  readonly doneOf: string;
  readonly failed: string;
  readonly left: string;
  readonly paused: string;
}

/** What the notification of a batch says: how far it is, what failed, how long it will take. */
export function progressText(progress: BatchProgressParams, words: ProgressWords): string {
  const { done, total, failed, etaS, paused, notice } = progress;
  const parts = [
    total === null ? fill(words.done, done) : fill(words.doneOf, done, total),
    ...(failed > 0 ? [fill(words.failed, failed)] : []),
    ...(paused ? [words.paused] : etaS === null ? [] : [words.left.replace('{0}', roughly(etaS))]),
    ...(notice === undefined ? [] : [notice]),
  ];
  return parts.join(' · ');
}

/** Percent that were done since `before`, for a bar that only knows steps. */
export function increment(progress: BatchProgressParams, before: number): number {
  if (progress.total === null || progress.total === 0) return 0;
  return Math.max(0, ((progress.done - before) / progress.total) * 100);
}

/** An estimate: tenths of seconds would say more than is known. */
function roughly(seconds: number): string {
  return seconds < 60 ? `${Math.ceil(seconds)} s` : duration(seconds * 1000);
}

function fill(template: string, ...values: readonly number[]): string {
  return template.replace(/\{(\d)\}/g, (_all, index: string) =>
    (values[Number(index)] ?? 0).toLocaleString(),
  );
}
