import type { RunError } from '../server/protocol.generated';

/** What the server says could be done next about a failure. */
export type ErrorAction = NonNullable<RunError['action']>;

/** The codes of failures inside the agent's own function. */
const IN_FUNCTION = new Set(['INTERNAL_ERROR', 'EXECUTION_ERROR', 'STREAM_ERROR']);

/** What the buttons beside an error do, the best way on first. */
export function errorActions({ action }: RunError): ErrorAction[] {
  if (action === undefined) return [];
  // Putting the inputs right is better than sending what does not fit.
  return action === 'send-anyway' ? ['edit-inputs', 'send-anyway'] : [action];
}

/** Whether the agent's function ran and failed, so that stepping through it with the same inputs can tell more. */
export function isWorthDebugging({ code, kind, frames }: RunError): boolean {
  if (kind !== undefined) return false;
  return IN_FUNCTION.has(code) || (frames ?? []).some((frame) => frame.uri !== null);
}
