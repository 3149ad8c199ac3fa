import type { Store } from '../runs/remembered_inputs';

const KEY = 'runagent.cloudConsents';

/** The cloud addresses that inputs of this workspace may be sent to, because the user said so once for each. */
export class CloudConsent {
  constructor(private readonly store: Store) {}

  isGiven(baseUrl: string): boolean {
    return this.#given().includes(baseUrl);
  }

  async give(baseUrl: string): Promise<void> {
    if (!this.isGiven(baseUrl)) await this.store.update(KEY, [...this.#given(), baseUrl]);
  }

  #given(): string[] {
    const stored = this.store.get(KEY);
    return Array.isArray(stored) ? stored.filter((entry) => typeof entry === 'string') : [];
  }
}
