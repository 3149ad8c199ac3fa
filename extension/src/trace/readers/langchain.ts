import type { TraceEvent, TraceReader } from '../trace_event';
import { type Fields, fieldsOf, given, listOf, numberOf, textOf } from './fields';
import { writtenText } from './written_text';

/** How deep messages are in what LangGraph streams, and how many values are looked at for them. */
const DEPTH_LIMIT = 8;
const VALUE_LIMIT = 20_000;

/** A message, and what is known of where it was found. */
interface Found {
  readonly message: Fields;
  /** The node of the graph that made it. */
  readonly node: string | undefined;
  /** A piece of a message on its way, no whole one. */
  readonly isPiece: boolean;
}

/**
 * Understands what LangChain and LangGraph stream, whatever the mode: values with LangChain's messages in them. Most
 * modes tell of a message several times.
 */
export class LangChainReader implements TraceReader {
  readonly framework = 'LangChain';
  readonly #begun = new Set<string>();
  readonly #whole = new Set<string>();
  readonly #counted = new Set<string>();
  /** Ids of calls by their place in the message that is being written. */
  readonly #places = new Map<unknown, string>();

  read(piece: unknown): readonly TraceEvent[] | undefined {
    const found = [...messagesIn(piece)];
    if (found.length === 0) return isStreamEvent(piece) ? [] : undefined;
    const now = found.findLastIndex(({ message }) => message['type'] === 'human' && message['name'] == null);
    // What was said before the question is of earlier runs.
    for (const { message } of found.slice(0, Math.max(now, 0))) this.#whole.add(keyOf(message));
    return found.slice(now + 1).flatMap((each) => this.#readMessage(each));
  }

  #readMessage({ message, node, isPiece }: Found): readonly TraceEvent[] {
    const key = keyOf(message);
    if (this.#whole.has(key)) return [];
    if (isPiece) return this.#piece(message, node, key);
    this.#whole.add(key);
    if (message['type'] === 'tool') return [observation(message)];
    if (!isOfModel(message)) return [];
    return [
      ...this.#begin(key, node),
      { kind: 'thought', text: writtenText(message['content']) },
      ...[...listOf(message['tool_calls']), ...listOf(message['invalid_tool_calls'])].flatMap(callOf),
      ...(this.#counted.has(key) ? [] : usageOf(message)),
    ];
  }

  #piece(message: Fields, node: string | undefined, key: string): readonly TraceEvent[] {
    const text = writtenText(message['content']);
    const written: TraceEvent[] = text === '' ? [] : [{ kind: 'text', text }];
    const begun = this.#begun.has(key);
    if (!begun) this.#places.clear();
    written.push(...listOf(message['tool_call_chunks']).flatMap((call) => this.#callPiece(call)));
    const usage = usageOf(message);
    if (usage.length > 0) this.#counted.add(key);
    written.push(...usage);
    return written.length === 0 ? [] : [...this.#begin(key, node), ...written];
  }

  #callPiece(call: unknown): readonly TraceEvent[] {
    const { id, name, args, index } = fieldsOf(call) ?? {};
    if (typeof id === 'string') this.#places.set(index, id);
    const tool = typeof name === 'string' && name !== '' ? name : undefined;
    const known = { id: textOf(id) ?? this.#places.get(index), tool };
    return [{ kind: 'callText', text: textOf(args) ?? '', ...given(known) }];
  }

  #begin(key: string, node: string | undefined): readonly TraceEvent[] {
    if (this.#begun.has(key)) return [];
    this.#begun.add(key);
    return [{ kind: 'step', ...given({ name: node }) }];
  }
}

/** The messages in a piece, in order. */
function* messagesIn(piece: unknown): Generator<Found> {
  const fields = fieldsOf(piece);
  if (fields !== undefined && isStreamEvent(fields)) {
    const { event, data, metadata } = fields;
    const node = nodeOf(metadata);
    const { chunk, output } = fieldsOf(data) ?? {};
    const isPiece = event === 'on_chat_model_stream';
    const isOfAnother = !isPiece && isMessage(chunk) && chunk['type'] === 'AIMessageChunk';
    for (const { message } of search([isOfAnother ? null : chunk, output])) yield { message, node, isPiece };
    return;
  }
  const node = nodeIn(piece);
  for (const { message, path } of search(piece)) {
    const isPiece = message['type'] === 'AIMessageChunk' && path.every((key) => key === undefined);
    yield { message, node: node ?? (path.at(-1) === undefined ? path.at(-3) : path.at(-2)), isPiece };
  }
}

interface Met {
  readonly message: Fields;
  /** The keys that lead to it; undefined for a place in a list. */
  readonly path: readonly (string | undefined)[];
}

function search(root: unknown): readonly Met[] {
  const met: Met[] = [];
  const path: (string | undefined)[] = [];
  let values = 0;
  const visit = (key: string | undefined, value: unknown): void => {
    path.push(key);
    look(value);
    path.pop();
  };
  const look = (value: unknown): void => {
    values += 1;
    if (typeof value !== 'object' || value === null || values > VALUE_LIMIT) return;
    if (isMessage(value)) met.push({ message: value, path: [...path] });
    else if (path.length >= DEPTH_LIMIT) return;
    else enter(value);
  };
  const enter = (value: object): void => {
    if (Array.isArray(value)) for (const item of value) visit(undefined, item);
    else for (const [key, item] of Object.entries(value)) visit(key, item);
  };
  look(root);
  return met;
}

function isMessage(value: unknown): value is Fields {
  const { type, content, additional_kwargs, response_metadata } = fieldsOf(value) ?? {};
  return (
    typeof type === 'string' &&
    (typeof content === 'string' || Array.isArray(content)) &&
    fieldsOf(additional_kwargs) !== undefined &&
    fieldsOf(response_metadata) !== undefined
  );
}

/** One of `astream_events`. */
function isStreamEvent(piece: unknown): boolean {
  const { event, run_id, name, data, parent_ids } = fieldsOf(piece) ?? {};
  const isNamed = typeof event === 'string' && /^on_[a-z_]+$/.test(event) && typeof name === 'string';
  return isNamed && typeof run_id === 'string' && Array.isArray(parent_ids) && fieldsOf(data) !== undefined;
}

/** The node that is named beside the messages: in their metadata, or by what `debug` tells of a task. */
function nodeIn(piece: unknown): string | undefined {
  if (!Array.isArray(piece)) return textOf(fieldsOf(fieldsOf(piece)?.['payload'])?.['name']);
  const last: unknown = piece.at(-1);
  return Array.isArray(last) ? nodeOf(last.at(-1)) : nodeOf(last);
}

function nodeOf(metadata: unknown): string | undefined {
  return textOf(fieldsOf(metadata)?.['langgraph_node']);
}

function isOfModel({ type }: Fields): boolean {
  return type === 'ai' || type === 'AIMessageChunk';
}

/** What tells a message from others: not all have an id. */
function keyOf({ type, id, tool_call_id, tool_calls, content }: Fields): string {
  if (type === 'tool') return `tool ${textOf(tool_call_id) ?? textOf(id)}`;
  return textOf(id) ?? textOf(fieldsOf(listOf(tool_calls)[0])?.['id']) ?? `text ${writtenText(content)}`;
}

function callOf(call: unknown): readonly TraceEvent[] {
  const { id, name, args } = fieldsOf(call) ?? {};
  return [{ kind: 'call', tool: textOf(name) ?? '', arguments: args ?? {}, ...given({ id: textOf(id) }) }];
}

function observation({ tool_call_id, name, content, status }: Fields): TraceEvent {
  const known = { id: textOf(tool_call_id), tool: textOf(name) };
  return { kind: 'observation', isOk: status !== 'error', content, ...given(known) };
}

function usageOf({ usage_metadata }: Fields): readonly TraceEvent[] {
  const { input_tokens, output_tokens } = fieldsOf(usage_metadata) ?? {};
  const [input, output] = [numberOf(input_tokens), numberOf(output_tokens)];
  return input === undefined || output === undefined ? [] : [{ kind: 'usage', input, output }];
}
