import type { TraceEvent, TraceReader } from '../trace_event';
import { type Fields, fieldsOf, given, listOf, textOf } from './fields';

/**
 * Understands the events of LlamaIndex' agent workflows. They do not say their type: they are known by the fields
 * that they all have.
 */
export class LlamaIndexReader implements TraceReader {
  readonly framework = 'LlamaIndex';
  /** The agent has been asked; its pieces and tools come. */
  #isTurn = false;

  read(piece: unknown): readonly TraceEvent[] | undefined {
    const fields = fieldsOf(piece);
    if (fields === undefined) return undefined;
    const events = this.#ofAgent(fields) ?? ofTool(fields);
    if (events !== undefined) return events;
    // The last event repeats the answer, and the calls of all steps.
    const { response, current_agent_name } = fieldsOf(fields['result']) ?? {};
    return typeof current_agent_name === 'string' && fieldsOf(response) !== undefined ? [] : undefined;
  }

  #ofAgent(fields: Fields): readonly TraceEvent[] | undefined {
    const { current_agent_name: name, input, delta, response, tool_calls } = fields;
    if (typeof name !== 'string') return undefined;
    if (Array.isArray(input)) return this.#begin(name);
    if (!Array.isArray(tool_calls)) return undefined;
    if (typeof delta === 'string' && typeof response === 'string') return this.#piece(fields, name, delta);
    const text = textOfMessage(response);
    if (text === undefined) return undefined;
    const isBegun = this.#isTurn;
    this.#isTurn = false;
    // Calls are told of when they are made, too.
    const calls = isBegun ? [] : tool_calls.flatMap(callOf);
    return [...(isBegun ? [] : [step(name)]), { kind: 'thought', text }, ...calls];
  }

  #piece({ thinking_delta }: Fields, name: string, delta: string): readonly TraceEvent[] {
    const text = (textOf(thinking_delta) ?? '') + delta;
    if (text === '') return [];
    const begun = this.#isTurn ? [] : this.#begin(name);
    return [...begun, { kind: 'text', text }];
  }

  #begin(name: string): readonly TraceEvent[] {
    this.#isTurn = true;
    return [step(name)];
  }
}

function step(name: string): TraceEvent {
  return { kind: 'step', name };
}

function ofTool(fields: Fields): readonly TraceEvent[] | undefined {
  const { tool_name, tool_id, tool_kwargs, tool_output } = fields;
  const isTool = typeof tool_name === 'string' && typeof tool_id === 'string';
  if (!isTool || fieldsOf(tool_kwargs) === undefined) return undefined;
  if (tool_output === undefined) return callOf(fields);
  const { raw_output, is_error, blocks } = fieldsOf(tool_output) ?? {};
  const content = raw_output ?? textOfMessage({ blocks });
  return [{ kind: 'observation', id: tool_id, tool: tool_name, isOk: is_error !== true, content }];
}

function callOf(call: unknown): readonly TraceEvent[] {
  const { tool_name, tool_id, tool_kwargs } = fieldsOf(call) ?? {};
  if (typeof tool_name !== 'string') return [];
  return [{ kind: 'call', tool: tool_name, arguments: tool_kwargs ?? {}, ...given({ id: textOf(tool_id) }) }];
}

/** The text of a message, which is in blocks. */
function textOfMessage(message: unknown): string | undefined {
  const { blocks } = fieldsOf(message) ?? {};
  if (!Array.isArray(blocks)) return undefined;
  return listOf(blocks)
    .map((block) => textOf(fieldsOf(block)?.['text']) ?? '')
    .join('');
}
