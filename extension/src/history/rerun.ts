import { type Inputs, NO_INPUTS } from '../runs/inputs';
import type { RunRequest } from '../runs/run';
import type { HistoryRun, Project } from '../server/protocol.generated';

/** How a stored run can be run again. */
export type Rerun =
  | { readonly kind: 'ready'; readonly request: RunRequest }
  /** The inputs are not all there: they have to be asked for, beginning with what is known. */
  | { readonly kind: 'ask'; readonly request: RunRequest }
  | { readonly kind: 'impossible'; readonly reason: 'unknown-project' | 'unknown-entrypoint' };

/** A run of the history as a new run, if its entrypoint is still one of the workspace. */
export function rerunOf(stored: HistoryRun, projects: readonly Project[]): Rerun {
  const { configUri, tag, kind, target } = stored.summary;
  const project = projects.find((candidate) => candidate.configUri === configUri);
  if (configUri === null || project === undefined) return { kind: 'impossible', reason: 'unknown-project' };
  if (!project.entrypoints.some((entrypoint) => entrypoint.tag === tag)) {
    return { kind: 'impossible', reason: 'unknown-entrypoint' };
  }
  const { inputs, isWhole } = keptInputs(stored);
  const request: RunRequest = {
    configUri,
    tag,
    kind,
    project: project.name,
    inputs,
    ...(target?.cloud ? { cloud: true } : {}),
  };
  return { kind: isWhole ? 'ready' : 'ask', request };
}

/** The inputs of a stored run as far as they can be sent again, and whether that is all of them. */
export function keptInputs({ args, kwargs, inputsCut }: HistoryRun): {
  readonly inputs: Inputs;
  readonly isWhole: boolean;
} {
  const whole = { args, kwargs };
  const inputs = inputsCut ? NO_INPUTS : withoutRedacted(whole);
  return { inputs, isWhole: !inputsCut && JSON.stringify(inputs) === JSON.stringify(whole) };
}

const REDACTED = '[redacted]';

/** The inputs up to what was kept out of the history: a placeholder must never be sent as if it were the value. */
function withoutRedacted({ args, kwargs }: Inputs): Inputs {
  const isWhole = (value: unknown) => !JSON.stringify(value).includes(REDACTED);
  const firstRedacted = args.findIndex((value) => !isWhole(value));
  return {
    args: firstRedacted === -1 ? args : args.slice(0, firstRedacted),
    kwargs: Object.fromEntries(Object.entries(kwargs).filter(([, value]) => isWhole(value))),
  };
}
