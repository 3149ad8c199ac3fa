import type { TraceEvent, TraceReader } from '../trace_event';
import { AgUiReader } from './ag_ui';
import { AgentRuntimeReader } from './agent_runtime';
import { AgnoReader } from './agno';
import { AnthropicReader } from './anthropic';
import { AutoGenReader } from './autogen';
import { CrewAiReader } from './crewai';
import { LangChainReader } from './langchain';
import { LlamaIndexReader } from './llama_index';
import { OpenAiChatReader } from './openai_chat';
import { OpenAiResponsesReader } from './openai_responses';

/**
 * One reader for each framework, asked in this order until one knows a piece of output. To add one: write a class in a
 * file of this folder whose `read` answers undefined for whatever is not surely its framework's, and name it here. A
 * reader is made anew for each output, so it may remember what it has read.
 */
export const FRAMEWORKS: readonly (new () => TraceReader)[] = [
  AgentRuntimeReader,
  LangChainReader,
  OpenAiChatReader,
  OpenAiResponsesReader,
  AnthropicReader,
  LlamaIndexReader,
  AutoGenReader,
  CrewAiReader,
  AgnoReader,
  AgUiReader,
];

/** Finds out whose pieces of output come, piece by piece: an agent may use several frameworks. */
export class TraceReaders {
  /** That which understood the last piece is asked first. */
  #readers: readonly TraceReader[];
  /** The framework whose pieces were read last; null before any was. */
  framework: string | null = null;

  constructor(readers: readonly TraceReader[] = FRAMEWORKS.map((Reader) => new Reader())) {
    this.#readers = readers;
  }

  /** What the piece says; undefined when no framework knows it. */
  read(piece: unknown): readonly TraceEvent[] | undefined {
    for (const reader of this.#readers) {
      const events = reader.read(piece);
      if (events === undefined) continue;
      this.framework = reader.framework;
      if (reader !== this.#readers[0]) {
        this.#readers = [reader, ...this.#readers.filter((other) => other !== reader)];
      }
      return events;
    }
    return undefined;
  }
}
