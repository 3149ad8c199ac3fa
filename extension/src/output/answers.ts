import { cutForPage } from './chunk';
import { find } from './find';
import type { OutputAnswer, OutputRequest } from './messages';
import type { OutputStore } from './output_store';

type Asked<T extends OutputRequest['type']> = Extract<OutputRequest, { type: T }>;

/** Chunks for the page, as many of those it asked for as fit into one message. */
export async function answerChunks(
  store: OutputStore,
  { runId, from, count }: Asked<'chunks'>,
): Promise<OutputAnswer> {
  const { items, to } = await store.read(from, count);
  return { type: 'chunks', runId, from, items: items.map(cutForPage), to, end: store.end };
}

/** Searches the whole output; another search of the same page ends it through `stopped`. */
export async function answerFind(
  store: OutputStore,
  { runId, query, from }: Asked<'find'>,
  stopped: () => boolean,
): Promise<OutputAnswer> {
  const found = await find(store, query, from, stopped);
  return { type: 'found', runId, query, from, ...found };
}
