/** Events of the agent runtime as its session says them, with what all of them have. */
export class AgentEvents {
  #seq = 0;
  #step = 0;

  constructor(readonly session = 's-1') {}

  event(type: string, fields: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
    const seq = this.#seq;
    if (type !== 'model_delta') this.#seq += 1;
    return { type, session: this.session, seq, step: this.#step, at: 1_700_000_000 + seq, ...fields };
  }

  start(fields: Readonly<Record<string, unknown>> = {}) {
    return this.event('session_started', {
      trace: 'agent_runtime/1',
      agent: 'helper',
      input: 'What is 12 * 7?',
      model: 'scripted',
      tools: ['calculate'],
      max_iterations: 10,
      ...fields,
    });
  }

  /** A step in which a tool is called. */
  call(tool: string, given: object, result: Readonly<Record<string, unknown>>, thought = `I call ${tool}.`) {
    this.#step += 1;
    const call = `c-${this.#step}`;
    return [
      this.event('step_started'),
      this.thought(thought),
      this.event('action', { call, tool, arguments: given }),
      this.event('observation', { call, tool, ok: true, content: '', elapsed_ms: 20, ...result }),
      this.event('checkpoint'),
    ];
  }

  thought(text: string) {
    return this.event('thought', {
      text,
      tokens: { input: 100, output: 10, estimated: false },
      elapsed_ms: 80,
    });
  }

  answer(text: string) {
    this.#step += 1;
    return [
      this.event('step_started'),
      this.thought(''),
      this.event('final_answer', { text }),
      this.event('session_ended', { reason: 'answered', steps: this.#step }),
    ];
  }
}

/** A session of three steps. */
export function sample(): Record<string, unknown>[] {
  const events = new AgentEvents();
  return [
    events.start(),
    ...events.call('calculate', { expression: '12*7' }, { content: '84' }),
    ...events.call('look_up', { word: 'tea' }, { ok: false, error: 'not_found', content: 'No such tool' }),
    ...events.answer('It is **84**.'),
  ];
}
