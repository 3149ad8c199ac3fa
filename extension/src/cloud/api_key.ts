import type { AgentServer } from '../server/agent_server';
import type { Translate } from '../translate';

/** The part of VS Code's `SecretStorage` that is needed. */
export interface Secrets {
  get(name: string): PromiseLike<string | undefined>;
  store(name: string, value: string): PromiseLike<void>;
  delete(name: string): PromiseLike<void>;
}

const SECRET = 'runagent.apiKey';
const LONGEST = 1_000;

/** Tells a server the key; `null` means that none is kept here. */
export type HandOver = (server: AgentServer, key: string | null) => void;

/**
 * The key for RunAgent Cloud. It lives in the editor's secret storage and in the server's memory, nowhere else: no
 * setting, log, message or stored state ever holds it.
 */
export class ApiKey {
  readonly #told = new WeakMap<AgentServer, Promise<void>>();

  constructor(
    private readonly secrets: Secrets,
    private readonly handOver: HandOver,
  ) {}

  async isKept(): Promise<boolean> {
    return (await this.#read()) !== undefined;
  }

  set(key: string): PromiseLike<void> {
    return this.secrets.store(SECRET, key);
  }

  remove(): PromiseLike<void> {
    return this.secrets.delete(SECRET);
  }

  /** The same server, once it has been told the key; each server is told once. */
  async knownTo(server: AgentServer): Promise<AgentServer> {
    let told = this.#told.get(server);
    if (told === undefined) {
      told = this.tell(server);
      this.#told.set(server, told);
    }
    await told;
    return server;
  }

  /** Tells a server the key as it is now, after a change too. */
  async tell(server: AgentServer): Promise<void> {
    this.handOver(server, (await this.#read()) ?? null);
  }

  /** A secret storage that cannot be read, as on a machine without a keyring, is like an empty one. */
  async #read(): Promise<string | undefined> {
    try {
      return await this.secrets.get(SECRET);
    } catch {
      return undefined;
    }
  }
}

/** Why a text cannot be a key, in words that do not repeat it; undefined when it can. */
export function problemOfKey(text: string, t: Translate): string | undefined {
  const key = text.trim();
  if (key === '') return t('Paste the API key from your RunAgent dashboard.');
  if (key.length > LONGEST) return t('This is too long for an API key: {0} characters.', key.length);
  // A header can carry nothing else, and no key holds it.
  if (/[^\x21-\x7e]/.test(key)) return t('An API key holds no spaces, line breaks or special characters.');
  return undefined;
}
