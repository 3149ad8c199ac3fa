import type { EntrypointChoice } from '../runs/entrypoint_choice';
import type { Inputs } from '../runs/inputs';
import type { EntrypointInfo, Project, SessionSummary } from '../server/protocol.generated';

/** The parameters by which an entrypoint is told to go on with a session, and after which step. */
const SESSION = 'session_id';
const STEP = 'resume_from_step';

/** An entrypoint that can go on with a session. */
export interface Resumable extends EntrypointChoice {
  readonly info: EntrypointInfo;
}

/** A run that made the session or went on with it. */
export interface KnownRun {
  readonly tag: string;
  readonly inputs: Inputs;
}

/** What goes on with a session, or what has to be asked for first. */
export interface Resumption {
  readonly inputs: Inputs;
  /** Whether nothing that the entrypoint needs is missing. */
  readonly isWhole: boolean;
}

/** The entrypoints of an agent that may take a session, as far as their signature says; all where it says nothing. */
export function mayTakeSession({ entrypoints }: Project): string[] {
  const able = entrypoints.filter(({ signature }) => signature === undefined || signature.includes(SESSION));
  return [...new Set(able.map(({ tag }) => tag))];
}

export function takesSession({ parameters }: EntrypointInfo): boolean {
  return [SESSION, STEP].every((wanted) =>
    parameters.some(({ name, kind }) => name === wanted && kind !== 'positional_only'),
  );
}

/**
 * The entrypoint that goes on with a session: the one that has made it, or the only one that streams, so that the
 * steps can be watched. Undefined: somebody has to choose.
 */
export function entrypointFor(able: readonly Resumable[], known?: KnownRun): Resumable | undefined {
  const before = able.find(({ tag }) => tag === known?.tag);
  if (before !== undefined || able.length < 2) return before ?? able[0];
  const streaming = able.filter(({ streams }) => streams);
  return streaming.length === 1 ? streaming[0] : undefined;
}

/** What to send so that a session goes on after `step`; null: where it ended. */
export function resumption(
  { tag, info }: Resumable,
  { session, input }: Pick<SessionSummary, 'session' | 'input'>,
  step: number | null,
  known?: KnownRun,
): Resumption {
  const { args, kwargs } = known?.tag === tag ? withoutSession(known.inputs) : fromQuestion(info, input);
  const inputs = {
    args,
    kwargs: { ...kwargs, [SESSION]: session, ...(step === null ? {} : { [STEP]: step }) },
  };
  const given = info.parameters.slice(0, args.length).map(({ name }) => name);
  const isWhole = info.parameters.every(
    ({ name, required }) => !required || given.includes(name) || name in inputs.kwargs,
  );
  return { inputs, isWhole };
}

/** The inputs of a run without what made it go on with a session. */
export function withoutSession({ args, kwargs }: Inputs): Inputs {
  const { [SESSION]: _session, [STEP]: _step, ...others } = kwargs;
  return { args, kwargs: others };
}

/** The one text that an entrypoint must be given is the question of the session. */
function fromQuestion({ parameters }: EntrypointInfo, input: string): Inputs {
  const needed = parameters.filter(({ name, required }) => required && name !== SESSION && name !== STEP);
  const [only] = needed;
  const isText = only?.schema?.['type'] === 'string' || only?.annotation == null;
  const isAsked = needed.length === 1 && only !== undefined && isText && only.kind !== 'positional_only';
  return { args: [], kwargs: isAsked ? { [only.name]: input } : {} };
}
