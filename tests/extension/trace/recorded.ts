import { readFileSync } from 'node:fs';
import * as path from 'node:path';

/** The events of a real session, with what its model wrote piece by piece; `tests/contracts/test_trace.py` made them. */
export function recorded(): Record<string, unknown>[] {
  return eventsIn('agent_runtime.jsonl');
}

/** What is kept of one whose process was killed in a tool of step 2, and that went on and ended in step 3. */
export function killedAndResumed(): Record<string, unknown>[] {
  return eventsIn('agent_runtime_killed.jsonl');
}

function eventsIn(name: string): Record<string, unknown>[] {
  const text = readFileSync(path.join(import.meta.dirname, name), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}
