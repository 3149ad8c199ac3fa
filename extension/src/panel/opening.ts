import type { Inputs } from '../runs/inputs';
import type { RunRequest } from '../runs/run';
import type { EntrypointInfo } from '../server/protocol.generated';

/** A run that still lacks its inputs. */
export type Entrypoint = Omit<RunRequest, 'inputs'>;

/** The same without what is chosen for each run. */
export type BareEntrypoint = Pick<RunRequest, 'configUri' | 'tag' | 'project' | 'kind'>;

/**
 * What has to be done once the inputs are known and before the run starts: answers the run as it is to be sent;
 * undefined: it is not to start.
 */
export type Preparation = (request: RunRequest) => Promise<RunRequest | undefined>;

/** What the form of an entrypoint begins with. */
export interface Opening {
  readonly entrypoint: Entrypoint;
  readonly info: EntrypointInfo;
  readonly inputs: Inputs;
  /** The next run is for the debugger, which this attaches. */
  readonly prepare?: Preparation | undefined;
}

export function entrypointOf({ configUri, tag, project, kind }: Entrypoint): BareEntrypoint {
  return { configUri, tag, project, kind };
}
