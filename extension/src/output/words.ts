/** Words of the output, translated on the host side; `{0}` and so on are filled in by the page. */
export interface OutputWords {
  /** Names the region and its log. */
  readonly output: string;
  readonly view: string;
  readonly views: Readonly<Record<OutputView, string>>;
  readonly noOutput: string;
  readonly jumpToEnd: string;
  readonly copy: string;
  readonly copyCode: string;
  readonly unknownFrame: string;
  readonly openDocument: string;
  readonly cutNote: string;
  readonly droppedNote: string;
  readonly firstChunk: string;
  readonly chunkRate: string;
  readonly chunkCount: string;
  readonly oneChunk: string;
}

export const OUTPUT_VIEWS = ['text', 'raw'] as const;
export type OutputView = (typeof OUTPUT_VIEWS)[number];
