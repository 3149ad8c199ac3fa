import type { TraceEvent, TraceReader } from '../trace_event';
import { type Fields, fieldsOf, given, listOf, numberOf, textOf } from './fields';
import { writtenText } from './written_text';

/** Understands Messages of Anthropic, whole and in the events of which they are made. */
export class AnthropicReader implements TraceReader {
  readonly framework = 'Anthropic Messages';
  /** A message has begun: before, no event is surely one of these. */
  #isOpen = false;
  /** Ids of calls by the index of their block. */
  readonly #calls = new Map<unknown, string>();
  #hasText = false;
  #input = 0;
  #output = 0;

  read(piece: unknown): readonly TraceEvent[] | undefined {
    const fields = fieldsOf(piece) ?? {};
    if (isMessage(fields)) return whole(fields);
    const { type, message } = fields;
    const begun = fieldsOf(message);
    if (type === 'message_start' && begun !== undefined && isMessage(begun)) return [this.#begin(begun)];
    return this.#isOpen && isPart(fields) ? this.#part(fields) : undefined;
  }

  #begin({ usage }: Fields): TraceEvent {
    this.#isOpen = true;
    this.#calls.clear();
    this.#hasText = false;
    this.#input = inputOf(usage);
    this.#output = 0;
    return { kind: 'step' };
  }

  #part({ type, index, content_block, delta, usage, error }: Fields): readonly TraceEvent[] {
    switch (type) {
      case 'content_block_start':
        return this.#block(index, fieldsOf(content_block) ?? {});
      case 'content_block_delta':
        return this.#delta(index, fieldsOf(delta) ?? {});
      case 'message_delta':
        return this.#usage(usage);
      case 'message_stop':
        this.#isOpen = false;
        return [];
      case 'error': {
        const known = given({ error: textOf(fieldsOf(error)?.['message']) });
        return [{ kind: 'end', reason: 'failed', isFailure: true, ...known }];
      }
      default:
        return [];
    }
  }

  #block(index: unknown, { type, id, name, tool_use_id, content }: Fields): readonly TraceEvent[] {
    if (typeof tool_use_id === 'string') {
      return [{ kind: 'observation', id: tool_use_id, isOk: !isError(content), content }];
    }
    // Thinking and text are blocks of their own.
    if (type === 'text' && this.#hasText) return [{ kind: 'text', text: '\n\n' }];
    if (typeof id !== 'string' || typeof name !== 'string') return [];
    this.#calls.set(index, id);
    return [{ kind: 'callText', id, tool: name, text: '' }];
  }

  #delta(index: unknown, { partial_json, ...delta }: Fields): readonly TraceEvent[] {
    const id = this.#calls.get(index);
    if (typeof partial_json === 'string') return [{ kind: 'callText', text: partial_json, ...given({ id }) }];
    const text = writtenText([delta]);
    if (text === '') return [];
    this.#hasText = true;
    return [{ kind: 'text', text }];
  }

  /** Output is counted from the start of the message. */
  #usage(usage: unknown): readonly TraceEvent[] {
    const output = numberOf(fieldsOf(usage)?.['output_tokens']);
    if (output === undefined) return [];
    const more: TraceEvent = { kind: 'usage', input: this.#input, output: output - this.#output };
    this.#input = 0;
    this.#output = output;
    return [more];
  }
}

function isMessage({ type, role, model, content, usage }: Fields): boolean {
  const isSaid = type === 'message' && role === 'assistant' && typeof model === 'string';
  return isSaid && Array.isArray(content) && numberOf(fieldsOf(usage)?.['input_tokens']) !== undefined;
}

/** An event of an open message; those of the SDK's own helper say again what the others say. */
function isPart({ type, index, delta, content_block, error, snapshot }: Fields): boolean {
  switch (type) {
    case 'content_block_start':
      return numberOf(index) !== undefined && fieldsOf(content_block) !== undefined;
    case 'content_block_delta':
      return numberOf(index) !== undefined && fieldsOf(delta) !== undefined;
    case 'content_block_stop':
      return numberOf(index) !== undefined;
    case 'message_delta':
      return fieldsOf(delta) !== undefined;
    case 'message_stop':
    case 'ping':
      return true;
    case 'error':
      return fieldsOf(error) !== undefined;
    case 'text':
    case 'thinking':
    case 'input_json':
    case 'citation':
      return snapshot !== undefined;
    case 'signature':
      return true;
    default:
      return false;
  }
}

function whole({ content, usage }: Fields): readonly TraceEvent[] {
  const blocks = listOf(content).map((block) => fieldsOf(block) ?? {});
  const text = writtenText(content);
  const calls = blocks.flatMap(({ type, id, name, input }): TraceEvent[] =>
    type === 'tool_use'
      ? [{ kind: 'call', tool: textOf(name) ?? '', arguments: input, ...given({ id: textOf(id) }) }]
      : [],
  );
  const output = numberOf(fieldsOf(usage)?.['output_tokens']) ?? 0;
  return [
    { kind: 'step' },
    ...(text === '' ? [] : [{ kind: 'thought' as const, text }]),
    ...calls,
    { kind: 'usage', input: inputOf(usage), output },
  ];
}

/** All that went into the model, also what it remembered. */
function inputOf(usage: unknown): number {
  const { input_tokens, cache_creation_input_tokens, cache_read_input_tokens } = fieldsOf(usage) ?? {};
  const all = [input_tokens, cache_creation_input_tokens, cache_read_input_tokens];
  return all.reduce<number>((total, count) => total + (numberOf(count) ?? 0), 0);
}

function isError(content: unknown): boolean {
  return textOf(fieldsOf(content)?.['type'])?.endsWith('_error') ?? false;
}
