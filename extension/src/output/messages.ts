import type { Chunk } from './chunk';

/** A place in the output: a chunk, and UTF-16 units into its text. */
export interface Position {
  readonly chunk: number;
  readonly offset: number;
}

export interface Query {
  readonly text: string;
  readonly matchCase: boolean;
}

/** What can be done with the whole output. */
const OUTPUT_ACTIONS = ['copy', 'save', 'open'] as const;
export type OutputAction = (typeof OUTPUT_ACTIONS)[number];

/** What the output on the page asks the extension for. */
export type OutputRequest =
  /** Everything up to the batch `seq` is on the screen. */
  | { readonly type: 'drawn'; readonly runId: string; readonly seq: number }
  | { readonly type: 'chunks'; readonly runId: string; readonly from: number; readonly count: number }
  | { readonly type: 'find'; readonly runId: string; readonly query: Query; readonly from: Position }
  | { readonly type: 'output'; readonly runId: string; readonly action: OutputAction }
  /** Text of the page to the clipboard. */
  | { readonly type: 'copyText'; readonly text: string }
  | { readonly type: 'openLink'; readonly url: string };

/** What the extension answers. */
export type OutputAnswer =
  | {
      readonly type: 'chunks';
      readonly runId: string;
      readonly from: number;
      /** In order; those before `to` that are not among them are lost. */
      readonly items: readonly Chunk[];
      readonly to: number;
      /** Chunks that have come so far. */
      readonly end: number;
    }
  | {
      readonly type: 'found';
      readonly runId: string;
      readonly query: Query;
      readonly from: Position;
      readonly matches: readonly Position[];
      /** Where a search for what comes later begins. */
      readonly next: Position;
      /** More was found than is told. */
      readonly isCut: boolean;
    }
  | { readonly type: 'done'; readonly runId: string; readonly action: OutputAction };

/** How the output stands when the page is shown. */
export interface OutputStart {
  /** Chunks that have come so far. */
  readonly end: number;
  /** Milliseconds since the last one. */
  readonly silentMs: number;
}

/** Chunks that are asked for at once, at most. */
export const CHUNKS_AT_ONCE = 2_000;
const QUERY_LIMIT = 1_000;
const COPY_LIMIT = 4_000_000;

/** The request, if it is one; a page that shows hostile output is not trusted to send what it should. */
export function readOutputRequest(data: unknown): OutputRequest | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  const fields = data as Record<string, unknown>;
  const { type, runId, text, url } = fields;
  if (type === 'copyText') {
    return typeof text === 'string' && text.length <= COPY_LIMIT ? { type, text } : undefined;
  }
  if (type === 'openLink') {
    return typeof url === 'string' && isWebLink(url) ? { type, url } : undefined;
  }
  return typeof runId === 'string' ? readRunRequest(fields, runId) : undefined;
}

function readRunRequest(fields: Record<string, unknown>, runId: string): OutputRequest | undefined {
  const { type, seq, from, count, query, action } = fields;
  switch (type) {
    case 'drawn':
      return isCount(seq) ? { type, runId, seq } : undefined;
    case 'chunks':
      return isCount(from) && isCount(count) && count <= CHUNKS_AT_ONCE
        ? { type, runId, from, count }
        : undefined;
    case 'find':
      return isQuery(query) && isPosition(from)
        ? {
            type,
            runId,
            query: { text: query.text, matchCase: query.matchCase },
            from: { chunk: from.chunk, offset: from.offset },
          }
        : undefined;
    case 'output': {
      const known = OUTPUT_ACTIONS.find((name) => name === action);
      return known === undefined ? undefined : { type, runId, action: known };
    }
    default:
      return undefined;
  }
}

/** Only what a browser opens; everything else could make the editor do something. */
export function isWebLink(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol } = new URL(url);
  return protocol === 'https:' || protocol === 'http:';
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isQuery(value: unknown): value is Query {
  if (typeof value !== 'object' || value === null) return false;
  const { text, matchCase } = value as Partial<Query>;
  return (
    typeof text === 'string' && text !== '' && text.length <= QUERY_LIMIT && typeof matchCase === 'boolean'
  );
}

function isPosition(value: unknown): value is Position {
  if (typeof value !== 'object' || value === null) return false;
  const { chunk, offset } = value as Partial<Position>;
  return isCount(chunk) && isCount(offset);
}
