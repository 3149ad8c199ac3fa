import type { HistoryListParams, HistoryState } from '../server/protocol.generated';

/** Which runs are listed; all that is given must fit. */
export interface RunFilter {
  /** Words that inputs, output or error must hold; empty: any. */
  readonly text: string;
  readonly state?: HistoryState;
  readonly tag?: string;
  readonly pinned?: true;
}

export const NO_FILTER: RunFilter = { text: '' };

const STATES: readonly HistoryState[] = ['running', 'completed', 'failed', 'cancelled', 'interrupted'];
const PINNED = '@pinned';
const PART = /@tag:"(?<quoted>[^"]*)"|@tag:(?<tag>\S+)|(?<other>\S+)/g;

/** A filter as it is typed: words, and `@failed` or another state, `@pinned`, `@tag:greet`, `@tag:"two words"`. */
export function readFilter(typed: string): RunFilter {
  const words: string[] = [];
  const filter: { state?: HistoryState; tag?: string; pinned?: true } = {};
  for (const { groups = {} } of typed.matchAll(PART)) {
    const { quoted, tag, other = '' } = groups;
    const state = STATES.find((name) => other === `@${name}`);
    if (quoted !== undefined || tag !== undefined) filter.tag = quoted ?? tag ?? '';
    else if (state !== undefined) filter.state = state;
    else if (other === PINNED) filter.pinned = true;
    else words.push(other);
  }
  return { ...filter, text: words.join(' ') };
}

/** The filter as one would type it; empty when everything is listed. */
export function writeFilter({ text, state, tag, pinned }: RunFilter): string {
  const parts = [
    state === undefined ? '' : `@${state}`,
    pinned ? PINNED : '',
    tag === undefined ? '' : writeTag(tag),
    text,
  ];
  return parts.filter((part) => part !== '').join(' ');
}

function writeTag(tag: string): string {
  return /\s|^"/.test(tag) ? `@tag:"${tag}"` : `@tag:${tag}`;
}

export function isEmpty(filter: RunFilter): boolean {
  return writeFilter(filter) === '';
}

/** What can be added to a filter, besides words. */
export function filterParts(tags: readonly string[]): string[] {
  return [...STATES.map((state) => `@${state}`), PINNED, ...tags.map(writeTag)];
}

/** What the server is asked for; the words are for its search. */
export function queryOf({ state, tag, pinned }: RunFilter): HistoryListParams {
  return {
    ...(state === undefined ? {} : { state }),
    ...(tag === undefined ? {} : { tag }),
    ...(pinned === undefined ? {} : { pinned }),
  };
}
