import type { BatchProgressParams } from '../server/protocol.generated';

type Listener = (progress: BatchProgressParams) => void;

/** The way for the server's progress to the batch it belongs to. */
export class Batches {
  readonly #listeners = new Map<string, Listener>();

  /** Hears of `runId`'s progress until `work` ends, however it ends. */
  async listening<T>(runId: string, listener: Listener, work: () => Promise<T>): Promise<T> {
    this.#listeners.set(runId, listener);
    try {
      return await work();
    } finally {
      this.#listeners.delete(runId);
    }
  }

  progress(params: BatchProgressParams): void {
    this.#listeners.get(params.runId)?.(params);
  }
}
