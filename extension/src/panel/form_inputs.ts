import { type Inputs, NO_INPUTS } from '../runs/inputs';

/**
 * What stands in the form of a page, which the extension and the person both change. They do not wait for each other:
 * what the page tells may be of inputs in whose place the extension has put others meanwhile.
 */
export class FormInputs {
  #value: Inputs = NO_INPUTS;
  #at = 0;
  #sent: Inputs | undefined;

  get value(): Inputs {
    return this.#value;
  }

  /** How often others were put there; the page names it with what it tells. */
  get at(): number {
    return this.#at;
  }

  /** Replaces what stands there. */
  put(inputs: Inputs): void {
    this.#value = inputs;
    this.#at += 1;
  }

  /** The page says what was typed; too late when others were put there since. */
  typed(inputs: Inputs, at: number): void {
    if (at === this.#at) this.#value = inputs;
  }

  /** The page wants a run with what a person saw. */
  sent(inputs: Inputs, at: number): void {
    this.typed(inputs, at);
    this.#sent = inputs;
  }

  /** Whether a run has its inputs from here, be it before they were edited again. */
  gave(inputs: Inputs): boolean {
    return inputs === this.#value || inputs === this.#sent;
  }
}
