import type { Position } from '../output/messages';
import type { Entry, Observation, Part } from './entries';
import { EntryLog } from './entry_log';
import { type KeptValue, ValueKeeper } from './kept_value';
import {
  type Event,
  type GrowingCall,
  type GrowingStep,
  isObserved,
  type Note,
  newSession,
  newStep,
  notePart,
  type OpenCall,
  type SessionState,
  sum,
} from './session_state';
import { RunningTotals, type Totals } from './totals';
import type { TraceEvent } from './trace_event';

/** Where an event was found: its place in the output, and milliseconds since the agent was called, if that is known. */
export interface Found {
  readonly at: Position;
  readonly atMs: number | null;
}

/** What an agent did, step by step: a fold over the events that a reader has found in its output. */
export class Trace {
  /** The session whose events came last; null when there is none, or the framework has no such thing. */
  session: Readonly<Pick<SessionState, 'id' | 'agent' | 'canResume'>> | null = null;
  #keeper: ValueKeeper;
  readonly #sessions = new Map<string, SessionState>();
  #now = newSession('');
  #found: Found = { at: { chunk: 0, offset: 0 }, atMs: null };
  readonly #totals = new RunningTotals();
  readonly #log: EntryLog;

  constructor(keeper = new ValueKeeper(), entryLimit?: number) {
    this.#log = new EntryLog(entryLimit);
    this.#keeper = keeper;
    this.#sessions.set('', this.#now);
  }

  get totals(): Totals {
    return this.#totals.current;
  }

  /** In order; the first of them has the number `first`. */
  get entries(): readonly Entry[] {
    return this.#log.entries;
  }

  get first(): number {
    return this.#log.first;
  }

  /** The number of the entry that comes next. */
  get end(): number {
    return this.#log.end;
  }

  /** Several agents, or several runs of one, tell of themselves. */
  get hasSessions(): boolean {
    return this.#sessions.size > 2;
  }

  agentOf(session: string): string | undefined {
    return this.#sessions.get(session)?.agent;
  }

  /** Numbers of entries that are other than when this was last asked. */
  takeChanged(): ReadonlySet<number> {
    return this.#log.takeChanged();
  }

  apply(event: TraceEvent, found: Found): void {
    this.#found = found;
    this.#applyOne(event);
    this.#timeStep();
    this.#now.lastMs = found.atMs;
    this.#log.makeRoom();
  }

  #applyOne(event: TraceEvent): void {
    switch (event.kind) {
      case 'session':
        this.#session(event);
        break;
      case 'step':
        this.#now.hasSteps = true;
        this.#begin(event);
        break;
      case 'thought':
        this.#thought(event);
        break;
      case 'text':
        this.#text(event);
        break;
      case 'call':
        this.#call(event);
        break;
      case 'callText':
        this.#callText(event);
        break;
      case 'observation':
        this.#observation(event);
        break;
      case 'usage':
        this.#usage(event);
        break;
      case 'answer':
        this.#log.push({ kind: 'answer', text: this.#keeper.keep(event.text), ...this.#where });
        break;
      case 'end':
        this.#end(event);
        break;
      default:
        this.#note(event);
    }
  }

  get #where() {
    return { at: this.#found.at, session: this.#now.id };
  }

  #session(event: Event<'session'>): void {
    const { id, agent, model, input, isResumed = false, forkedFrom, canResume = false } = event;
    const known = this.#sessions.get(id);
    this.#now = known ?? newSession(id);
    this.#sessions.set(id, this.#now);
    this.#now.canResume ||= canResume;
    this.#now.agent ??= agent;
    this.session = this.#now;
    const says = agent !== undefined || model !== undefined || input !== undefined;
    if (!says && !isResumed && forkedFrom === undefined) return;
    const kept = input === undefined ? null : this.#keeper.keep(input);
    const names = { agent: this.#now.agent, model, isResumed, forkedFrom };
    this.#endStep();
    this.#log.push({ kind: 'session', input: kept, ...names, ...this.#where });
  }

  #begin({ step, name }: { readonly step?: number; readonly name?: string } = {}): GrowingStep {
    const now = this.#now;
    if (step !== undefined && step === now.last?.step) return this.#goOn(now.last);
    this.#endStep();
    now.stepsBefore = step ?? now.stepsBefore + 1;
    const begun = newStep(this.#found.at, now.id, now.stepsBefore, name);
    now.step = begun;
    now.last = begun;
    now.startedAt = now.hasSteps ? this.#found.atMs : (now.lastMs ?? this.#found.atMs);
    this.#log.push(begun);
    this.#totals.count('steps');
    return begun;
  }

  /** Back into a step that was left: its session was interrupted, or another has told of itself. */
  #goOn(step: GrowingStep): GrowingStep {
    const now = this.#now;
    if (now.step !== step) {
      now.step = step;
      step.isOver = false;
      const { atMs } = this.#found;
      now.startedAt = atMs === null ? null : atMs - (step.elapsedMs ?? 0);
    }
    return this.#log.touched(step);
  }

  /** The step that something belongs to which the model says: a new one after observations, unless steps are told. */
  #turn(): GrowingStep {
    const { step, hasSteps } = this.#now;
    const isDone = step?.parts.some((part) => isObserved(part)) ?? true;
    return step === null || (!hasSteps && isDone) ? this.#begin() : this.#log.touched(step);
  }

  get #step(): GrowingStep {
    const { step } = this.#now;
    return step === null ? this.#begin() : this.#log.touched(step);
  }

  #thought({ text, elapsedMs }: Event<'thought'>): void {
    const step = this.#turn();
    const written = step.parts.findIndex((part) => part.kind === 'thought' && !part.isWhole);
    if (written >= 0) step.parts.splice(written, 1);
    if (text !== '') {
      const part: Part = {
        kind: 'thought',
        text: this.#keeper.keep(text),
        isWhole: true,
        at: this.#found.at,
      };
      step.parts.splice(written >= 0 ? written : step.parts.length, 0, part);
    }
    if (elapsedMs !== undefined) step.modelMs = (step.modelMs ?? 0) + elapsedMs;
  }

  #text({ text }: Event<'text'>): void {
    const step = this.#turn();
    let part = step.parts.at(-1);
    if (part?.kind !== 'thought' || part.isWhole) {
      part = { kind: 'thought', text: this.#keeper.begin(false), isWhole: false, at: this.#found.at };
      step.parts.push(part);
    }
    this.#keeper.append(part.text, text);
  }

  #call({ id, tool, arguments: given }: Event<'call'>): void {
    const begun = id === undefined ? undefined : this.#openCall(id);
    const kept = this.#keeper.keep(given);
    if (begun === undefined) this.#pushCall(this.#turn(), id, tool, kept);
    else Object.assign(begun.call, { tool, arguments: kept });
  }

  #callText({ id, tool, text }: Event<'callText'>): void {
    const begun = id === undefined && tool !== undefined ? undefined : this.#openCall(id);
    const { call } = begun ?? this.#pushCall(this.#turn(), id, tool ?? '', this.#keeper.begin(true));
    this.#keeper.append(call.arguments, text);
  }

  #pushCall(step: GrowingStep, id: string | undefined, tool: string, given: KeptValue): OpenCall {
    const at = this.#found.at;
    const call: GrowingCall = { kind: 'call', id, tool, arguments: given, observation: null, at };
    step.parts.push(call);
    if (id !== undefined) this.#now.calls.set(id, { call, step });
    this.#totals.count('calls');
    return { call, step };
  }

  /** The call with the id, or without one the last call of the step, if it has no observation yet. */
  #openCall(id: string | undefined): OpenCall | undefined {
    const { step, calls } = this.#now;
    if (id === undefined) {
      const call = step?.parts.findLast((part) => part.kind === 'call' && part.observation === null);
      return step === null || call?.kind !== 'call' ? undefined : { call, step: this.#log.touched(step) };
    }
    const open = calls.get(id);
    if (open !== undefined) this.#log.touched(open.step);
    return open;
  }

  #observation({ id, tool, isOk, content, error, elapsedMs }: Event<'observation'>): void {
    const observation: Observation = { isOk, content: this.#keeper.keep(content), error, elapsedMs };
    let open = this.#openCall(id);
    if (open === undefined && tool !== undefined) {
      open = this.#pushCall(this.#step, id, tool, this.#keeper.begin(true));
    }
    const step = open?.step ?? this.#step;
    if (open === undefined) step.parts.push({ kind: 'observation', observation, at: this.#found.at });
    else open.call.observation = observation;
    if (id !== undefined) this.#now.calls.delete(id);
    if (elapsedMs !== undefined) step.toolMs = (step.toolMs ?? 0) + elapsedMs;
    if (isOk) return;
    step.failures += 1;
    this.#totals.count('failures');
  }

  #usage(event: Event<'usage'>): void {
    const step = this.#now.step ?? this.#now.last;
    // Some tell of tokens when all is over, which is no step.
    if (step !== null) this.#log.touched(step).tokens = sum(step.tokens, event);
    this.#totals.countTokens(event);
  }

  #note(event: Note): void {
    const { at, session } = this.#where;
    this.#step.parts.push(notePart(event, at, session, this.#keeper));
    if (event.kind === 'recalled') this.#totals.count('recalled', event.memories.length);
    if (event.kind === 'graph') this.#totals.setGraph(event);
  }

  #end({ reason, isFailure, error }: Event<'end'>): void {
    this.#endStep();
    this.#now.calls.clear();
    const kept = error === undefined ? null : this.#keeper.keep(error);
    this.#log.push({ kind: 'end', reason, isFailure, error: kept, ...this.#where });
  }

  #endStep(): void {
    const { step } = this.#now;
    if (step === null) return;
    this.#log.touched(step).isOver = true;
    this.#totals.compareSlowest(step.elapsedMs ?? 0);
    this.#now.step = null;
  }

  /** How long the step takes so far: what the framework says, or else by when pieces come. */
  #timeStep(): void {
    const { step, startedAt } = this.#now;
    if (step === null) return;
    const before = step.elapsedMs ?? 0;
    const isTold = step.modelMs !== null || step.toolMs !== null;
    if (isTold) step.elapsedMs = (step.modelMs ?? 0) + (step.toolMs ?? 0);
    else if (startedAt !== null && this.#found.atMs !== null) step.elapsedMs = this.#found.atMs - startedAt;
    if (step.elapsedMs === null) return;
    this.#totals.countTime(before, step.elapsedMs);
    if (isTold) this.#totals.compareSlowest(step.elapsedMs);
  }
}
