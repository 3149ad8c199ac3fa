import type { TraceWords } from '../trace/words';

/** Words of the output, translated on the host side; `{0}` and so on are filled in by the page. */
export interface OutputWords {
  /** Names the log. */
  readonly output: string;
  /** Names the choice of the view. */
  readonly view: string;
  readonly views: Readonly<Record<OutputView, string>>;
  readonly noOutput: string;
  readonly jumpToEnd: string;
  readonly copy: string;
  readonly copied: string;
  readonly save: string;
  readonly saved: string;
  readonly openDocument: string;
  readonly copyCode: string;
  readonly copyChunk: string;
  readonly unknownFrame: string;
  readonly noJson: string;
  readonly cutNote: string;
  /** Of an output so long that the page has begun afresh; a count of chunks. */
  readonly earlierNote: string;
  /** A count of chunks that nobody has any more. */
  readonly lost: string;
  readonly lostOne: string;
  readonly firstChunk: string;
  readonly chunkRate: string;
  readonly chunkCount: string;
  readonly oneChunk: string;
  /** How long, and since when. */
  readonly stalled: string;
  /** The picture of the gaps in words: the median, the longest, before which chunk that was. */
  readonly gaps: string;
  readonly newChunks: string;
  readonly chunkNumber: string;
  readonly chunkTime: string;
  readonly chunkGap: string;
  readonly chunkSize: string;
  readonly chunkValue: string;
  readonly search: string;
  readonly matchCase: string;
  readonly nextMatch: string;
  readonly previousMatch: string;
  readonly closeSearch: string;
  /** Which match of how many. */
  readonly matchCount: string;
  /** The same when there are more than are counted. */
  readonly matchCountCut: string;
  readonly noMatch: string;
  readonly searching: string;
  readonly trace: TraceWords;
}

export const OUTPUT_VIEWS = ['trace', 'text', 'events', 'json', 'raw'] as const;
export type OutputView = (typeof OUTPUT_VIEWS)[number];
