import type { TraceEvent, TraceReader } from '../trace_event';
import { type Fields, fieldsOf, given, numberOf, textOf } from './fields';

/** Understands what CrewAI streams: the chunks of a crew, and the frames of a flow. */
export class CrewAiReader implements TraceReader {
  readonly framework = 'CrewAI';
  /** The task, or the question to the model, that is being worked on. */
  #turn: unknown;

  read(piece: unknown): readonly TraceEvent[] | undefined {
    const fields = fieldsOf(piece);
    if (fields === undefined) return undefined;
    if (isFrame(fields)) return this.#frame(fields);
    return isChunk(fields) ? this.#chunk(fields) : undefined;
  }

  #chunk({ content, task_id, task_index, agent_role, tool_call }: Fields): readonly TraceEvent[] {
    const { tool_id, tool_name, arguments: text } = fieldsOf(tool_call) ?? {};
    const begun = this.#begin(`${task_index} ${textOf(task_id)} ${agent_role}`, agent_role);
    if (fieldsOf(tool_call) === undefined) return [...begun, { kind: 'text', text: textOf(content) ?? '' }];
    const known = given({ id: textOf(tool_id), tool: textOf(tool_name) });
    return [...begun, { kind: 'callText', text: textOf(text) ?? '', ...known }];
  }

  #frame({ id, type, data }: Fields): readonly TraceEvent[] {
    const fields = fieldsOf(data) ?? {};
    const { call_id, agent_role, chunk, response } = fields;
    switch (type) {
      case 'llm_stream_chunk':
      case 'llm_thinking_chunk':
        return [...this.#begin(call_id, agent_role), { kind: 'text', text: textOf(chunk) ?? '' }];
      case 'llm_call_completed': {
        const thought: TraceEvent[] =
          typeof response === 'string' ? [{ kind: 'thought', text: response }] : [];
        return [...this.#begin(call_id, agent_role), ...thought, ...usageOf(fields['usage'])];
      }
      case 'tool_usage_started':
        return [callOf(id, fields)];
      case 'tool_usage_finished':
      case 'tool_usage_error':
        return [observation(fields)];
      default:
        return [];
    }
  }

  #begin(turn: unknown, name: unknown): readonly TraceEvent[] {
    if (turn === this.#turn) return [];
    this.#turn = turn;
    return [{ kind: 'step', ...given({ name: textOf(name) }) }];
  }
}

const CHANNEL = /^(llm|flow|tools|messages|lifecycle|custom)$/;

function isFrame({ id, seq, type, channel, namespace, timestamp, data }: Fields): boolean {
  const isNamed = typeof id === 'string' && typeof type === 'string' && seq !== undefined;
  const isOfChannel = typeof channel === 'string' && CHANNEL.test(channel) && Array.isArray(namespace);
  return isNamed && isOfChannel && timestamp !== undefined && fieldsOf(data) !== undefined;
}

function isChunk({ content, chunk_type, task_index, task_name, agent_role, agent_id }: Fields): boolean {
  const isOfTask = numberOf(task_index) !== undefined && typeof task_name === 'string';
  const isOfAgent = typeof agent_role === 'string' && typeof agent_id === 'string';
  return isOfTask && isOfAgent && typeof content === 'string' && chunk_type !== undefined;
}

function callOf(id: unknown, { tool_name, tool_args }: Fields): TraceEvent {
  const tool = textOf(tool_name) ?? '';
  return { kind: 'call', tool, arguments: tool_args ?? {}, ...given({ id: textOf(id) }) };
}

function observation({ started_event_id, tool_name, output, error }: Fields): TraceEvent {
  const known = given({ id: textOf(started_event_id), tool: textOf(tool_name) });
  return { kind: 'observation', isOk: error == null, content: error ?? output, ...known };
}

function usageOf(usage: unknown): readonly TraceEvent[] {
  const { prompt_tokens, completion_tokens } = fieldsOf(usage) ?? {};
  const [input, output] = [numberOf(prompt_tokens), numberOf(completion_tokens)];
  return input === undefined || output === undefined ? [] : [{ kind: 'usage', input, output }];
}
