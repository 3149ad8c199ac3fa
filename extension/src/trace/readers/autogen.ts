import type { TraceEvent, TraceReader } from '../trace_event';
import { type Fields, fieldsOf, given, listOf, numberOf, textOf } from './fields';

/** Understands the messages and events of AutoGen's agents, one by one and in the result of a task. */
export class AutoGenReader implements TraceReader {
  readonly framework = 'AutoGen';
  readonly #seen = new Set<string>();
  /** The agent whose turn it is, until its tools have answered. */
  #turn: string | undefined;

  read(piece: unknown): readonly TraceEvent[] | undefined {
    const fields = fieldsOf(piece);
    if (fields === undefined) return undefined;
    if (isMessage(fields)) return this.#once(fields);
    const { messages, stop_reason } = fields;
    if (!Array.isArray(messages) || stop_reason === undefined) return undefined;
    const all = messages.map((message) => fieldsOf(message) ?? {});
    return all.length > 0 && all.every(isMessage) ? all.flatMap((message) => this.#once(message)) : undefined;
  }

  /** The result of a task repeats all of its messages. */
  #once(message: Fields): readonly TraceEvent[] {
    const id = String(message['id']);
    if (this.#seen.has(id)) return [];
    this.#seen.add(id);
    return [...this.#said(message), ...usageOf(message)];
  }

  #said({ type, source, content }: Fields): readonly TraceEvent[] {
    const text = textOf(content) ?? '';
    switch (type) {
      case 'ModelClientStreamingChunkEvent':
        return [...this.#begin(source), { kind: 'text', text }];
      case 'ThoughtEvent':
      case 'TextMessage':
        // The question is no step.
        return source === 'user' ? [] : [...this.#begin(source), { kind: 'thought', text }];
      case 'ToolCallRequestEvent':
        return [...this.#begin(source), ...listOf(content).map(callOf)];
      case 'ToolCallExecutionEvent':
        this.#turn = undefined;
        return listOf(content).map(observation);
      default:
        return [];
    }
  }

  #begin(source: unknown): readonly TraceEvent[] {
    const name = String(source);
    if (name === this.#turn) return [];
    this.#turn = name;
    return [{ kind: 'step', name }];
  }
}

function isMessage({ id, type, source, metadata, models_usage }: Fields): boolean {
  const isNamed = typeof type === 'string' && /(Message|Event)$/.test(type);
  const isOfSource = typeof id === 'string' && typeof source === 'string' && models_usage !== undefined;
  return isNamed && isOfSource && fieldsOf(metadata) !== undefined;
}

function callOf(call: unknown): TraceEvent {
  const { id, name, arguments: text } = fieldsOf(call) ?? {};
  return {
    kind: 'callText',
    tool: textOf(name) ?? '',
    text: textOf(text) ?? '',
    ...given({ id: textOf(id) }),
  };
}

function observation(result: unknown): TraceEvent {
  const { call_id, name, content, is_error } = fieldsOf(result) ?? {};
  const known = { id: textOf(call_id), tool: textOf(name) };
  return { kind: 'observation', isOk: is_error !== true, content, ...given(known) };
}

function usageOf({ models_usage }: Fields): readonly TraceEvent[] {
  const { prompt_tokens, completion_tokens } = fieldsOf(models_usage) ?? {};
  const [input, output] = [numberOf(prompt_tokens), numberOf(completion_tokens)];
  return input === undefined || output === undefined ? [] : [{ kind: 'usage', input, output }];
}
