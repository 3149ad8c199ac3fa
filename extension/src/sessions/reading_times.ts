/** An agent that works saves something all the time. */
const SETTLE_MS = 500;
/** Not every file system tells what is saved in folders that are new. */
const RUNNING_MS = 1000;
/** For the same reason the folder of an agent that begins to work is looked at for a while: the pauses double up to this. */
const LONGEST_PAUSE_MS = 16_000;

/** Decides when the sessions of an agent are read again: after something was saved, and while one of them runs. */
export class ReadingTimes {
  readonly #waiting = new Map<string, ReturnType<typeof setTimeout>>();
  /** How long the pause before the next reading is, of agents that may just begin to work. */
  readonly #pauses = new Map<string, number>();
  #isOver = false;

  constructor(private readonly read: (configUri: string) => void) {}

  /** Something was saved in the agent's folder, or its folder was just opened. */
  saved(configUri: string): void {
    this.#pauses.set(configUri, 2 * SETTLE_MS);
    this.#readIn(configUri, SETTLE_MS);
  }

  /** The sessions of the agent were read, and one of them runs or none. */
  wasRead(configUri: string, isRunning: boolean): void {
    const pause = isRunning ? RUNNING_MS : this.#pauses.get(configUri);
    if (pause === undefined) return;
    if (pause < LONGEST_PAUSE_MS) this.#pauses.set(configUri, 2 * pause);
    else this.#pauses.delete(configUri);
    this.#readIn(configUri, pause);
  }

  dispose(): void {
    for (const timer of this.#waiting.values()) clearTimeout(timer);
    this.#waiting.clear();
    this.#isOver = true;
  }

  #readIn(configUri: string, ms: number): void {
    if (this.#isOver || this.#waiting.has(configUri)) return;
    const read = () => {
      this.#waiting.delete(configUri);
      this.read(configUri);
    };
    this.#waiting.set(configUri, setTimeout(read, ms));
  }
}
