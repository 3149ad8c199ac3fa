import type { OutputParams, RunStateParams } from '../server/protocol.generated';
import { Run, type RunEnvironment, type RunRequest } from './run';

/** The latest run of each entrypoint, and the way for the server's notifications to the run they belong to. */
export class Runs {
  readonly #byId = new Map<string, Run>();

  /** `activityChanged` hears whether some run goes on, after each start and each end. */
  constructor(
    private readonly environment: RunEnvironment,
    private readonly activityChanged: (isRunning: boolean) => void = () => undefined,
  ) {}

  /** Starts a run, which forgets finished earlier ones of the same entrypoint. */
  start(request: RunRequest): Run {
    for (const [id, run] of this.#byId) {
      if (run.isOver && sameEntrypoint(run.request, request)) this.#byId.delete(id);
    }
    const run = new Run(request, this.environment);
    this.#byId.set(run.id, run);
    void run.start();
    this.#tellActivity();
    void run.ended.then(() => this.#tellActivity());
    return run;
  }

  /** A run that was made before and is shown again. */
  past(request: RunRequest): Run {
    return new Run(request, this.environment);
  }

  active(): Run[] {
    return [...this.#byId.values()].filter((run) => !run.isOver);
  }

  /** The runs of one agent that go on. */
  activeOf(configUri: string): Run[] {
    return this.active().filter(({ request }) => request.configUri === configUri);
  }

  activeOn(entrypoint: Pick<RunRequest, 'configUri' | 'tag'>): Run | undefined {
    return this.active().find((run) => sameEntrypoint(run.request, entrypoint));
  }

  /** The newest run of an entrypoint in this window, over or not. */
  latestOn(entrypoint: Pick<RunRequest, 'configUri' | 'tag'>): Run | undefined {
    return [...this.#byId.values()].findLast((run) => sameEntrypoint(run.request, entrypoint));
  }

  /** A run of this window that goes on. */
  activeWithId(runId: string): Run | undefined {
    return this.active().find(({ id }) => id === runId);
  }

  /** The entrypoint of a run of this window. */
  tagOf(runId: string): string | undefined {
    return this.#byId.get(runId)?.request.tag;
  }

  stateChanged(params: RunStateParams): void {
    this.#byId.get(params.runId)?.stateChanged(params);
  }

  output(params: OutputParams): void {
    this.#byId.get(params.runId)?.received(params);
  }

  #tellActivity(): void {
    this.activityChanged(this.active().length > 0);
  }

  /** The server has ended: no run that was going on will hear from it again. */
  serverStopped(): void {
    for (const run of this.active()) {
      if (run.model.phase === 'preparing') continue;
      const message = this.environment.translate('The RunAgent server stopped while this run was going on.');
      run.fail('SERVER_STOPPED', message);
    }
  }
}

/** Whether both mean the same entrypoint of the same config. */
export function sameEntrypoint(
  left: Pick<RunRequest, 'configUri' | 'tag'>,
  right: Pick<RunRequest, 'configUri' | 'tag'>,
): boolean {
  return left.configUri === right.configUri && left.tag === right.tag;
}
