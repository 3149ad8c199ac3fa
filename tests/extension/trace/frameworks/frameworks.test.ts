import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OutputTrace } from '../../../../extension/src/trace/output_trace';
import { FRAMEWORKS } from '../../../../extension/src/trace/readers/registry';
import { rowCopy } from '../../../../extension/src/trace/row_copy';
import { TraceRows } from '../../../../extension/src/trace/trace_rows';
import { recording, recordings } from './recordings';
import { traced } from './shown';

/** What people's own entrypoints stream: much of it looks like something. */
const OWN: readonly unknown[] = [
  { type: 'text', text: 'Hi' },
  { type: 'message', content: 'Hi', role: 'assistant' },
  { type: 'tool_call', name: 'search', arguments: {} },
  { type: 'ai', content: 'Hi' },
  { type: 'error', message: 'no' },
  { type: 'response', id: '1', output: [] },
  { type: 'TEXT_MESSAGE_CONTENT', text: 'x' },
  { type: 'content_block_delta', text: 'x' },
  { type: 'TOOL_CALL', tool_call_id: '1' },
  { type: 'CUSTOM', name: 'x', value: 1 },
  { type: 'STEP_STARTED', step_name: 'x' },
  { type: 'message_stop' },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'x' } },
  { type: 'message', role: 'assistant', model: 'm', content: [] },
  { type: 'response.text', text: 'x' },
  { type: 'TextMessage', id: '1', source: 'helper', content: 'x' },
  { object: 'chat.completion.chunk', text: 'x' },
  { delta: 'x', response: 'x', tool_calls: [] },
  { tool_name: 'search', tool_args: {} },
  { result: { response: 'x' } },
  { id: '1', type: 'x', channel: 'general', namespace: [], timestamp: 1, data: {} },
  { content: 'x', chunk_type: 'text', agent_role: 'helper' },
  { event: 'on_message', data: { text: 'x' } },
  { event: 'RunStarted', run_id: '1', session_id: '2' },
  { role: 'assistant', content: 'Hi', tool_calls: [] },
  { messages: [{ role: 'user', content: 'Hi' }] },
  { id: '1', choices: [{ text: 'x' }], model: 'm' },
  { delta: 'x', index: 0 },
  { agent: { messages: ['Hi'] } },
  { source: 'agent', content: 'Hi' },
  { content: 'x', additional_kwargs: {}, response_metadata: null, type: 'ai' },
  { input: 1, output: 2, usage: { input_tokens: 1, output_tokens: 2 } },
  [{ content: 'x' }, { langgraph_node: 'x' }],
  ['messages', 'x'],
];

describe('the readers of all frameworks', () => {
  it.each(recordings())('know each piece of %s as one framework only', (name) => {
    for (const piece of recording(name)) {
      const readers = FRAMEWORKS.map((Reader) => new Reader());
      const own = readers.filter((reader) => reader.read(piece) !== undefined);
      expect(own.length, JSON.stringify(piece).slice(0, 200)).toBeLessThanOrEqual(1);
    }
    expect(traced(recording(name)).isFound).toBe(true);
  });

  it.each(OWN.map((piece) => [JSON.stringify(piece), piece]))('leave alone %s', (_text, piece) => {
    expect(traced([piece]).isFound).toBe(false);
  });

  it.each(recordings())(
    'take anything for a field of %s',
    (name) => {
      const pieces = recording(name);
      const changes = fc.array(fc.tuple(fc.nat(), fc.nat(), hostile()), { minLength: 1, maxLength: 12 });
      fc.assert(
        fc.property(changes, fc.boolean(), (all, isShuffled) => {
          const copy = structuredClone(isShuffled ? pieces.toReversed() : pieces);
          for (const [piece, place, make] of all) change(copy, piece, place, make);
          readAll(traced(copy));
        }),
        { numRuns: 30 },
      );
    },
    60_000,
  );
});

const NESTED = `${'['.repeat(900)}${']'.repeat(900)}`;
/** Made anew each time, and named, so that a counterexample can be read. */
const HOSTILE: Readonly<Record<string, () => unknown>> = {
  prototype: () => '__proto__',
  constructor: () => 'constructor',
  surrogate: () => '\ud800',
  long: () => 'x'.repeat(100_000),
  nested: () => JSON.parse(NESTED),
  keys: () => JSON.parse('{"__proto__":{"type":"ai"},"constructor":1,"hasOwnProperty":2}'),
  negative: () => -1,
  huge: () => 1e308,
  nothing: () => null,
  list: () => [],
  object: () => ({}),
};

/** Makes a value that a field may have from one who means harm, or from another version of the library. */
function hostile(): fc.Arbitrary<() => unknown> {
  return fc.oneof(
    fc.jsonValue({ maxDepth: 2 }).map((value) => () => structuredClone(value)),
    fc.constantFrom(...Object.values(HOSTILE)),
  );
}

/** Puts the value somewhere in the piece: places are counted in the order in which they are written. */
function change(pieces: unknown[], piece: number, place: number, make: () => unknown): void {
  const places: [Record<string, unknown>, string][] = [];
  const collect = (holder: unknown) => {
    if (typeof holder !== 'object' || holder === null || places.length > 500) return;
    for (const key of Object.keys(holder)) {
      places.push([holder as Record<string, unknown>, key]);
      collect((holder as Record<string, unknown>)[key]);
    }
  };
  collect(pieces[piece % pieces.length]);
  const [holder, key] = places[place % places.length] ?? [];
  if (holder !== undefined && key !== undefined) {
    Object.defineProperty(holder, key, { value: make(), enumerable: true, writable: true });
  }
}

function readAll(output: OutputTrace): void {
  const rows = new TraceRows(output.trace);
  rows.openAll(true);
  for (let row = 0; row < rows.count && row < 100; row += 1) {
    rows.open(row);
    expect(rowCopy(rows.at(row).content)).toBeTypeOf('string');
  }
}
