import type { ServeFailure, TracebackFrame } from '../server/protocol.generated';

/** A place in a file, counted from zero. */
export interface FilePlace {
  readonly uri: string;
  readonly line: number;
}

/** The place that a frame of a traceback names, if that is a file of this machine that can be opened by its path. */
export function placeOf(frame: TracebackFrame | undefined): FilePlace | undefined {
  if (frame === undefined || frame.uri === null || !isPlainFile(frame.uri)) return undefined;
  return { uri: frame.uri, line: Math.max(0, frame.line) };
}

/** Where an agent that does not start failed: the innermost step in a file that can be opened. */
export function placeOfFailure({ frames }: ServeFailure): FilePlace | undefined {
  return frames.map(placeOf).findLast((place) => place !== undefined);
}

/** A `file:` address without a host and without steps upwards, so that the folder it begins with is the one it is in. */
function isPlainFile(uri: string): boolean {
  if (!/^file:\/\/\/(?!\/)/.test(uri)) return false;
  try {
    return !decodeURIComponent(uri)
      .split(/[\\/]/)
      .some((step) => step === '..' || step === '.');
  } catch {
    return false;
  }
}
