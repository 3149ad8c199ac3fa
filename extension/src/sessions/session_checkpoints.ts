import type { SessionCheckpoint, SessionDetails } from '../server/protocol.generated';

type Checkpoints = Pick<SessionDetails, 'checkpoints' | 'checkpointsCut'>;

/** The checkpoints of one session: the server tells the latest, and earlier ones when it is asked for them. */
export class SessionCheckpoints {
  #known: readonly SessionCheckpoint[] = [];
  #isCut = false;

  /** The first step that is known, if there are earlier ones to ask for. */
  get first(): number | undefined {
    return this.#isCut ? this.#known[0]?.step : undefined;
  }

  /** The session as it was read just now, with the earlier checkpoints that are known. */
  withLatest(details: SessionDetails): SessionDetails {
    const [first] = details.checkpoints;
    const at = this.#known.findIndex((known) => known.step === first?.step && known.at === first.at);
    // Where they do not meet, there may be some between, or it is another session of this id.
    if (at < 1) this.#isCut = details.checkpointsCut;
    this.#known = [...this.#known.slice(0, Math.max(0, at)), ...details.checkpoints];
    return this.#complete(details);
  }

  /** The session as it is shown, with those that the server told to be before `step`. */
  withEarlier(details: SessionDetails, step: number, earlier: Checkpoints): SessionDetails {
    if (step !== this.first) return details;
    this.#known = [...earlier.checkpoints, ...this.#known];
    this.#isCut = earlier.checkpointsCut;
    return this.#complete(details);
  }

  #complete(details: SessionDetails): SessionDetails {
    return { ...details, checkpoints: [...this.#known], checkpointsCut: this.#isCut };
  }
}
