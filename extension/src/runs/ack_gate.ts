/**
 * Decides when the server is told that a batch of output has been taken: when the view has drawn it, or at once
 * while there is no view to draw it. The server sends only a few batches ahead, so a slow view slows the stream
 * down instead of filling the memory.
 */
export class AckGate {
  #received = -1;
  #acknowledged = -1;
  #viewIsLive = false;

  constructor(private readonly acknowledge: (seq: number) => void) {}

  received(seq: number): void {
    this.#received = Math.max(this.#received, seq);
    if (!this.#viewIsLive) this.#upTo(this.#received);
  }

  drawn(seq: number): void {
    this.#upTo(Math.min(seq, this.#received));
  }

  viewIsLive(live: boolean): void {
    this.#viewIsLive = live;
    if (!live) this.#upTo(this.#received);
  }

  /** One acknowledgement covers all batches up to its number. */
  #upTo(seq: number): void {
    if (seq <= this.#acknowledged) return;
    this.#acknowledged = seq;
    this.acknowledge(seq);
  }
}
