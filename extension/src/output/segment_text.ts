import type { ChunkText } from './chunk_texts';
import type { Position } from './messages';
import type { Segment } from './segments';

/** A chunk, or the part of it that is in the segment. */
export interface SegmentPiece extends ChunkText {
  readonly chunk: number;
  /** Whether this is all of the chunk's text that there is here. */
  readonly isWhole: boolean;
}

/** The pieces of a segment in order; `coming` while some are not here yet. Pieces nobody has any more are `lost`. */
export interface SegmentText {
  readonly pieces: readonly SegmentPiece[];
  readonly isComing: boolean;
  readonly lost: number;
}

/** Reads a segment; `textOf` asks for what is not here. */
export function readSegment(
  segment: Segment,
  textOf: (chunk: number) => ChunkText | 'coming' | 'lost',
): SegmentText {
  const pieces: SegmentPiece[] = [];
  let isComing = false;
  let lost = 0;
  for (let chunk = segment.fromChunk; chunk <= segment.toChunk; chunk += 1) {
    const kept = textOf(chunk);
    if (kept === 'coming') isComing = true;
    else if (kept === 'lost') lost += 1;
    else pieces.push(pieceOf(segment, chunk, kept));
  }
  return { pieces, isComing, lost };
}

function pieceOf(segment: Segment, chunk: number, kept: ChunkText): SegmentPiece {
  const from = chunk === segment.fromChunk ? segment.fromOffset : 0;
  const to = chunk === segment.toChunk ? segment.toOffset : kept.text.length;
  const isWhole = from === 0 && to === kept.text.length;
  return { ...kept, chunk, text: isWhole ? kept.text : kept.text.slice(from, to), isWhole };
}

/** The segment that a place of the output is in. */
export function segmentAt(segments: readonly Segment[], { chunk, offset }: Position): number {
  let low = 0;
  let high = segments.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    const { fromChunk, fromOffset } = segments[middle] as Segment;
    if (fromChunk < chunk || (fromChunk === chunk && fromOffset <= offset)) low = middle;
    else high = middle - 1;
  }
  return low;
}
