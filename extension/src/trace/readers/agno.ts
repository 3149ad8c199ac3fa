import type { TraceEvent, TraceReader } from '../trace_event';
import { type Fields, fieldsOf, given, numberOf, textOf } from './fields';

/** Understands the events of agents and teams of Agno. */
export class AgnoReader implements TraceReader {
  readonly framework = 'Agno';
  /** Whose turn it is, until its tools have answered. */
  #turn: string | undefined;
  /** Tokens have been told of one by one, so that their sum is nothing new. */
  #hasUsage = false;

  read(piece: unknown): readonly TraceEvent[] | undefined {
    const fields = fieldsOf(piece);
    if (fields === undefined || !isEvent(fields)) return undefined;
    const name = textOf(fields['agent_name']) ?? textOf(fields['team_name']) ?? '';
    // Those of a team are named alike.
    const event = String(fields['event']).replace(/^Team/, '');
    if (event === 'ModelRequestStarted') return this.#begin(name);
    if (event === 'ModelRequestCompleted') return this.#usage(fields);
    if (event === 'RunContent' || event === 'RunIntermediateContent') return this.#content(fields, name);
    if (event === 'ToolCallStarted') return [...this.#continue(name), callOf(fields['tool'])];
    if (event === 'ToolCallCompleted') {
      this.#turn = undefined;
      return [observation(fields['tool'])];
    }
    return this.#end(event, fields);
  }

  #content({ content, reasoning_content }: Fields, name: string): readonly TraceEvent[] {
    const text = (textOf(reasoning_content) ?? '') + (textOf(content) ?? '');
    return text === '' ? [] : [...this.#continue(name), { kind: 'text', text }];
  }

  #continue(name: string): readonly TraceEvent[] {
    return this.#turn === name ? [] : this.#begin(name);
  }

  #begin(name: string): readonly TraceEvent[] {
    this.#turn = name;
    return [{ kind: 'step', ...(name === '' ? {} : { name }) }];
  }

  #end(event: string, fields: Fields): readonly TraceEvent[] {
    const error = textOf(fields['content']);
    if (event === 'RunError')
      return [{ kind: 'end', reason: 'failed', isFailure: true, ...given({ error }) }];
    if (event === 'RunCancelled') return [{ kind: 'end', reason: 'cancelled', isFailure: false }];
    if (event !== 'RunCompleted' || this.#hasUsage) return [];
    return this.#usage(fieldsOf(fields['metrics']) ?? {});
  }

  #usage({ input_tokens, output_tokens }: Fields): readonly TraceEvent[] {
    const [input, output] = [numberOf(input_tokens), numberOf(output_tokens)];
    if (input === undefined || output === undefined) return [];
    this.#hasUsage = true;
    return [{ kind: 'usage', input, output }];
  }
}

function isEvent({ event, run_id, session_id, created_at, agent_id, team_id }: Fields): boolean {
  const isRun = typeof event === 'string' && typeof run_id === 'string' && typeof session_id === 'string';
  return isRun && numberOf(created_at) !== undefined && typeof (agent_id ?? team_id) === 'string';
}

function callOf(tool: unknown): TraceEvent {
  const { tool_call_id, tool_name, tool_args } = fieldsOf(tool) ?? {};
  const known = given({ id: textOf(tool_call_id) });
  return { kind: 'call', tool: textOf(tool_name) ?? '', arguments: tool_args ?? {}, ...known };
}

function observation(tool: unknown): TraceEvent {
  const { tool_call_id, tool_name, tool_call_error, result } = fieldsOf(tool) ?? {};
  const known = given({ id: textOf(tool_call_id), tool: textOf(tool_name) });
  return { kind: 'observation', isOk: tool_call_error !== true, content: result, ...known };
}
