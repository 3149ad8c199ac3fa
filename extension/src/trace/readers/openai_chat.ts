import type { TraceEvent, TraceReader } from '../trace_event';
import { type Fields, fieldsOf, given, listOf, numberOf, textOf } from './fields';

/** Understands Chat Completions of OpenAI, whole and in chunks; many services and servers of models speak them. */
export class OpenAiChatReader implements TraceReader {
  readonly framework = 'OpenAI Chat Completions';
  #id: unknown;
  /** Ids of calls by their index. */
  readonly #calls = new Map<unknown, string>();
  #told = { input: 0, output: 0 };

  read(piece: unknown): readonly TraceEvent[] | undefined {
    const fields = fieldsOf(piece);
    const { object, choices } = fields ?? {};
    const isOwn = object === 'chat.completion.chunk' || object === 'chat.completion';
    if (fields === undefined || !isOwn || !Array.isArray(choices)) return undefined;
    const begun = this.#begin(fields['id']);
    // Of several answers to one question, the first is followed.
    const choice = choices.map(fieldsOf).find((each) => numberOf(each?.['index']) === 0);
    const said = fieldsOf(choice?.['delta']) ?? fieldsOf(choice?.['message']) ?? {};
    return [...begun, ...this.#said(said, object === 'chat.completion'), ...this.#usage(fields['usage'])];
  }

  /** Each question to the model has an id of its own. */
  #begin(id: unknown): readonly TraceEvent[] {
    if (id === this.#id) return [];
    this.#id = id;
    this.#calls.clear();
    this.#told = { input: 0, output: 0 };
    return [{ kind: 'step' }];
  }

  #said({ content, reasoning_content, refusal, tool_calls }: Fields, isWhole: boolean): TraceEvent[] {
    const texts = [reasoning_content, content, refusal].filter(
      (text) => typeof text === 'string' && text !== '',
    );
    const kind = isWhole ? 'thought' : 'text';
    const said: TraceEvent[] = texts.map((text) => ({ kind, text: String(text) }));
    return [...said, ...listOf(tool_calls).map((call) => this.#call(fieldsOf(call) ?? {}))];
  }

  #call({ index, id, function: called }: Fields): TraceEvent {
    if (typeof id === 'string') this.#calls.set(index, id);
    const { name, arguments: text } = fieldsOf(called) ?? {};
    const known = { id: textOf(id) ?? this.#calls.get(index), tool: textOf(name) };
    return { kind: 'callText', text: textOf(text) ?? '', ...given(known) };
  }

  /** Some say after each chunk how many tokens it has been so far. */
  #usage(usage: unknown): readonly TraceEvent[] {
    const { prompt_tokens, completion_tokens } = fieldsOf(usage) ?? {};
    const [input, output] = [numberOf(prompt_tokens), numberOf(completion_tokens)];
    if (input === undefined || output === undefined) return [];
    const before = this.#told;
    this.#told = { input, output };
    return [{ kind: 'usage', input: input - before.input, output: output - before.output }];
  }
}
