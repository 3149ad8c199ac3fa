import * as path from 'node:path';
import type { BatchParams } from '../server/protocol.generated';
import type { Translate } from '../translate';

/** Calls that go on at once, where the user says nothing else. */
export const USUAL_CONCURRENCY = 4;
const MOST_CONCURRENCY = 64;
const RETRIES = 2;

/** Where results of a batch go unless the user wants them elsewhere: beside the inputs. */
export function outputFor(inputPath: string, tag: string): string {
  const { dir, name } = path.posix.parse(inputPath);
  return path.posix.join(dir, `${name}.${tag.replace(/[^\w-]/g, '_')}.results.jsonl`);
}

/** A typed number of calls at once, or why it is none. */
export function readConcurrency(
  text: string,
  t: Translate,
): { readonly value: number } | { readonly problem: string } {
  const value = Number(text.trim());
  if (/^\d+$/.test(text.trim()) && value >= 1 && value <= MOST_CONCURRENCY) return { value };
  return { problem: t('Type a whole number from 1 to {0}.', MOST_CONCURRENCY) };
}

/** What can be wanted of a batch beside its files; each may be chosen or not. */
export type BatchOption = 'retry' | 'repeat-unsafe' | 'ordered' | 'deduplicate';

export interface BatchOptionRow {
  readonly id: BatchOption;
  readonly label: string;
  readonly detail: string;
  readonly picked: boolean;
}

export function batchOptionRows(t: Translate): readonly BatchOptionRow[] {
  return [
    {
      id: 'retry',
      label: t('Try again after failures that pass'),
      detail: t('Up to {0} times, only when the call has certainly not run.', RETRIES),
      picked: true,
    },
    {
      id: 'repeat-unsafe',
      label: t('Repeat calls that may have run'),
      detail: t(
        'Up to {0} times. What the function does, such as writing or paying, may happen twice.',
        RETRIES,
      ),
      picked: false,
    },
    {
      id: 'ordered',
      label: t('Put the results in the order of the inputs'),
      detail: t('At the end. Otherwise they stay in the order in which they came.'),
      picked: false,
    },
    {
      id: 'deduplicate',
      label: t('Call once for identical inputs'),
      detail: t('The others get the same result.'),
      picked: false,
    },
  ];
}

type Chosen = Required<Pick<BatchParams, 'retries' | 'repeatUnsafe' | 'ordered' | 'deduplicate'>>;

/** The chosen options as the server wants them; what was not chosen is said as well. */
export function batchOptions(chosen: readonly BatchOption[]): Chosen {
  const has = (id: BatchOption) => chosen.includes(id);
  return {
    retries: has('retry') || has('repeat-unsafe') ? RETRIES : 0,
    repeatUnsafe: has('repeat-unsafe'),
    ordered: has('ordered'),
    deduplicate: has('deduplicate'),
  };
}
