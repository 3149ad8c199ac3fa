import type { RecalledMemory, TraceEvent, TraceReader } from '../trace_event';
import { type Fields, fieldsOf, given, listOf, numberOf, textOf, textsOf } from './fields';

/** Understands the events of `agent_runtime`: each is an object with a type, a session, a number and a step. */
export class AgentRuntimeReader implements TraceReader {
  readonly framework = 'agent_runtime';
  #session: string | undefined;
  /** The step that was told of last; undefined when it is to be told of again. */
  #step: number | undefined;

  read(piece: unknown): readonly TraceEvent[] | undefined {
    const fields = fieldsOf(piece);
    if (fields === undefined || !isEvent(fields)) return undefined;
    const session = String(fields['session']);
    // Events of an unknown type are to be ignored, but a stream does not begin with one.
    const read = READERS[String(fields['type'])];
    if (read === undefined) return this.#session === undefined ? undefined : [];
    const isOther = session !== this.#session;
    this.#session = session;
    const events = read(fields);
    const says = events[0]?.kind === 'session';
    if (isOther || says) this.#step = undefined;
    const inStep = [...this.#begun(fields), ...events, ...(says ? this.#waiting(fields) : [])];
    return isOther && !says ? [{ kind: 'session', id: session, canResume: true }, ...inStep] : inStep;
  }

  /** The step that an event is in, if another was told of: a run that goes on says nothing of where it does. */
  #begun({ type, step }: Fields): readonly TraceEvent[] {
    if (String(type).startsWith('session_')) return [];
    // What a session knows from the start is told before the first step.
    const number = Math.max(Number(step), 1);
    if (number === this.#step) return [];
    this.#step = number;
    return [{ kind: 'step', step: number }];
  }

  /** Calls that were left in the step that goes on: what is observed of them does not tell their arguments. */
  #waiting({ step, waiting }: Fields): readonly TraceEvent[] {
    const calls = listOf(waiting).flatMap((one) => calledIn(fieldsOf(one) ?? {}));
    return calls.length === 0 ? [] : [...this.#begun({ type: 'action', step: Number(step) + 1 }), ...calls];
  }
}

function isEvent({ type, session, seq, step, at }: Fields): boolean {
  return (
    typeof type === 'string' &&
    typeof session === 'string' &&
    numberOf(seq) !== undefined &&
    numberOf(step) !== undefined &&
    numberOf(at) !== undefined
  );
}

const READERS: Readonly<Record<string, (fields: Fields) => readonly TraceEvent[]>> = {
  session_started: (fields) => [started(fields)],
  session_resumed: ({ session, agent, model }) => [
    {
      kind: 'session',
      id: String(session),
      isResumed: true,
      canResume: true,
      ...given({ agent: textOf(agent), model: textOf(model) }),
    },
  ],
  step_started: () => [],
  memory_recalled: ({ memories, tokens }) => [
    {
      kind: 'recalled',
      memories: listOf(memories).flatMap(memoryOf),
      ...given({ tokens: numberOf(tokens) }),
    },
  ],
  memory_degraded: ({ problem }) => [{ kind: 'warning', text: textOf(problem) ?? '' }],
  model_delta: ({ text }) => [{ kind: 'text', text: textOf(text) ?? '' }],
  // The pieces so far are of no reply: an empty thought takes their place.
  model_retried: () => [{ kind: 'thought', text: '' }],
  thought: (fields) => thought(fields),
  action: (fields) => calledIn(fields),
  observation: (fields) => [observation(fields)],
  memory_stored: (fields) => memoryOf(fields).map((memory) => ({ kind: 'stored', memory })),
  working_changed: ({ set, removed }) => [
    { kind: 'working', set: (fieldsOf(set) ?? {}) as Record<string, string>, removed: textsOf(removed) },
  ],
  graph_changed: ({ entity_count, relation_count }) => [
    { kind: 'graph', entities: numberOf(entity_count) ?? 0, relations: numberOf(relation_count) ?? 0 },
  ],
  checkpoint: ({ step }) => [{ kind: 'checkpoint', step: Number(step) }],
  final_answer: ({ text }) => [{ kind: 'answer', text: textOf(text) ?? '' }],
  session_ended: ({ reason, error }) => {
    const word = textOf(reason) ?? '';
    const isFailure = word !== 'answered' && word !== 'cancelled';
    return [{ kind: 'end', reason: word, isFailure, ...given({ error: textOf(error) }) }];
  },
};

function started({ session, agent, input, model, forked_from }: Fields): TraceEvent {
  const fork = fieldsOf(forked_from);
  const [from, step] = [textOf(fork?.['session']), numberOf(fork?.['step'])];
  const forkedFrom = from === undefined || step === undefined ? undefined : { session: from, step };
  const names = { agent: textOf(agent), input: textOf(input), model: textOf(model), forkedFrom };
  return { kind: 'session', id: String(session), canResume: true, ...given(names) };
}

function calledIn({ call, tool, arguments: values }: Fields): readonly TraceEvent[] {
  return [{ kind: 'call', tool: textOf(tool) ?? '', arguments: values, ...given({ id: textOf(call) }) }];
}

function thought({ text, tokens, elapsed_ms }: Fields): readonly TraceEvent[] {
  const said: TraceEvent = {
    kind: 'thought',
    text: textOf(text) ?? '',
    ...given({ elapsedMs: numberOf(elapsed_ms) }),
  };
  const counts = fieldsOf(tokens);
  if (counts === undefined) return [said];
  const [input, output] = [numberOf(counts['input']) ?? 0, numberOf(counts['output']) ?? 0];
  return [said, { kind: 'usage', input, output, isEstimated: counts['estimated'] === true }];
}

function observation({ call, tool, ok, content, value, error, elapsed_ms }: Fields): TraceEvent {
  return {
    kind: 'observation',
    isOk: ok === true,
    content: value ?? textOf(content) ?? '',
    ...given({
      id: textOf(call),
      tool: textOf(tool),
      error: textOf(error),
      elapsedMs: numberOf(elapsed_ms),
    }),
  };
}

function memoryOf(value: unknown): readonly RecalledMemory[] {
  const { id, kind, text, score } = fieldsOf(value) ?? {};
  if (typeof text !== 'string') return [];
  return [{ text, ...given({ id: textOf(id), kind: textOf(kind), score: numberOf(score) }) }];
}
