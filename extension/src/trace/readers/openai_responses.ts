import type { TraceEvent, TraceReader } from '../trace_event';
import { type Fields, fieldsOf, given, numberOf, textOf } from './fields';
import { writtenText } from './written_text';

/** Understands the events of OpenAI's Responses, alone or as its Agents SDK passes them on among its own. */
export class OpenAiResponsesReader implements TraceReader {
  readonly framework = 'OpenAI Responses';
  #agent: string | undefined;
  /** The events of the Responses themselves come, so that those of the agent repeat much. */
  #hasResponses = false;
  /** Something came that the model said, and nothing of tools since. */
  #isTurn = false;
  /** Ids of calls by those of their items. */
  readonly #calls = new Map<unknown, string>();

  read(piece: unknown): readonly TraceEvent[] | undefined {
    const fields = fieldsOf(piece) ?? {};
    const { type, data, item, name, new_agent } = fields;
    if (type === 'raw_response_event' && typeof fieldsOf(data)?.['type'] === 'string') {
      return this.#response(fieldsOf(data) ?? {}) ?? [];
    }
    if (type === 'run_item_stream_event' && typeof name === 'string') {
      const { raw_item, output } = fieldsOf(item) ?? {};
      return this.#item(name, fieldsOf(raw_item) ?? {}, output);
    }
    if (type === 'agent_updated_stream_event' && fieldsOf(new_agent) !== undefined) {
      this.#agent = textOf(fieldsOf(new_agent)?.['name']);
      return [];
    }
    return this.#response(fields);
  }

  #response(fields: Fields): readonly TraceEvent[] | undefined {
    const { type, sequence_number } = fields;
    if (typeof type !== 'string' || numberOf(sequence_number) === undefined) return undefined;
    const isError = type === 'error' && this.#hasResponses;
    if (!isError && !/^response\.[a-z_]+(\.[a-z_]+)*$/.test(type)) return undefined;
    this.#hasResponses = true;
    if (isError) return [{ kind: 'end', reason: 'failed', isFailure: true, ...errorOf(fields) }];
    if (type.endsWith('_call_arguments.delta')) return [this.#arguments(fields)];
    if (TEXTS.has(type)) return [{ kind: 'text', text: textOf(fields['delta']) ?? '' }];
    return this.#change(type, fields);
  }

  #change(type: string, { item, response }: Fields): readonly TraceEvent[] {
    switch (type) {
      case 'response.created':
        return [this.#begun()];
      case 'response.output_item.added':
        return this.#added(fieldsOf(item) ?? {});
      case 'response.output_item.done':
        return doneOf(fieldsOf(item) ?? {});
      case 'response.completed':
      case 'response.incomplete':
        return usageOf(response);
      case 'response.failed': {
        const error = errorOf(fieldsOf(fieldsOf(response)?.['error']) ?? {});
        return [...usageOf(response), { kind: 'end', reason: 'failed', isFailure: true, ...error }];
      }
      default:
        return [];
    }
  }

  #begun(): TraceEvent {
    return { kind: 'step', ...given({ name: this.#agent }) };
  }

  #added({ type, id, call_id, name }: Fields): readonly TraceEvent[] {
    if (typeof name !== 'string' || !String(type).endsWith('_call')) return [];
    const call = textOf(call_id) ?? textOf(id);
    if (call !== undefined) this.#calls.set(id, call);
    return [{ kind: 'callText', tool: name, text: '', ...given({ id: call }) }];
  }

  #arguments({ item_id, delta }: Fields): TraceEvent {
    const id = this.#calls.get(item_id) ?? textOf(item_id);
    return { kind: 'callText', text: textOf(delta) ?? '', ...given({ id }) };
  }

  /** What the agent tells of: what its model said, and what its tools answered. */
  #item(name: string, raw: Fields, output: unknown): readonly TraceEvent[] {
    const id = textOf(raw['call_id']);
    if (name === 'tool_output') {
      this.#isTurn = false;
      return [{ kind: 'observation', isOk: true, content: output, ...given({ id }) }];
    }
    if (this.#hasResponses) return [];
    const said = name === 'tool_called' ? callOf(raw) : doneOf(raw);
    if (said.length === 0 || this.#isTurn) return said;
    this.#isTurn = true;
    return [this.#begun(), ...said];
  }
}

const TEXTS: ReadonlySet<string> = new Set([
  'response.output_text.delta',
  'response.refusal.delta',
  'response.reasoning_text.delta',
  'response.reasoning_summary_text.delta',
]);

/** What is known when an item is whole. */
function doneOf(item: Fields): readonly TraceEvent[] {
  const { type, id, summary, content, output, error } = item;
  if (type === 'message' || type === 'reasoning') {
    const text = writtenText(summary) + writtenText(content);
    return text === '' ? [] : [{ kind: 'thought', text }];
  }
  // The server of the model has called it, and knows the result.
  if (type !== 'mcp_call') return [];
  const failure = textOf(error);
  return [
    {
      kind: 'observation',
      isOk: failure === undefined,
      content: failure ?? output,
      ...given({ id: textOf(id) }),
    },
  ];
}

function callOf({ name, arguments: text, call_id }: Fields): readonly TraceEvent[] {
  if (typeof name !== 'string') return [];
  return [{ kind: 'callText', tool: name, text: textOf(text) ?? '', ...given({ id: textOf(call_id) }) }];
}

function errorOf({ message }: Fields) {
  return given({ error: textOf(message) });
}

function usageOf(response: unknown): readonly TraceEvent[] {
  const { input_tokens, output_tokens } = fieldsOf(fieldsOf(response)?.['usage']) ?? {};
  const [input, output] = [numberOf(input_tokens), numberOf(output_tokens)];
  return input === undefined || output === undefined ? [] : [{ kind: 'usage', input, output }];
}
