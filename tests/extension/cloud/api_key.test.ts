import { beforeEach, describe, expect, it } from 'vitest';
import { ApiKey, problemOfKey, type Secrets } from '../../../extension/src/cloud/api_key';
import type { AgentServer } from '../../../extension/src/server/agent_server';
import { plain } from '../plain';

class MemorySecrets implements Secrets {
  readonly kept = new Map<string, string>();
  broken = false;
  async get(name: string) {
    if (this.broken) throw new Error('no keyring');
    return this.kept.get(name);
  }
  async store(name: string, value: string) {
    this.kept.set(name, value);
  }
  async delete(name: string) {
    this.kept.delete(name);
  }
}

const newServer = () => ({}) as AgentServer;
let secrets: MemorySecrets;
let told: { server: AgentServer; key: string | null }[];
let apiKey: ApiKey;

beforeEach(() => {
  secrets = new MemorySecrets();
  told = [];
  apiKey = new ApiKey(secrets, (server, key) => told.push({ server, key }));
});

describe('the API key', () => {
  it('is told to each server once, and to the next one after a restart', async () => {
    await apiKey.set('rau_1');
    const [first, second] = [newServer(), newServer()];
    await Promise.all([apiKey.knownTo(first), apiKey.knownTo(first)]);
    expect(await apiKey.knownTo(first)).toBe(first);
    await apiKey.knownTo(second);
    expect(told).toEqual([
      { server: first, key: 'rau_1' },
      { server: second, key: 'rau_1' },
    ]);
  });

  it('is told again when it has changed or is gone', async () => {
    const server = newServer();
    await apiKey.knownTo(server);
    await apiKey.set('rau_2');
    await apiKey.tell(server);
    await apiKey.remove();
    await apiKey.tell(server);
    expect(told.map(({ key }) => key)).toEqual([null, 'rau_2', null]);
  });

  it('is not there when the secret storage cannot be read', async () => {
    await apiKey.set('rau_3');
    expect(await apiKey.isKept()).toBe(true);
    secrets.broken = true;
    expect(await apiKey.isKept()).toBe(false);
    await apiKey.knownTo(newServer());
    expect(told).toMatchObject([{ key: null }]);
  });
});

describe('a typed key', () => {
  it.each(['rau_0123-abc', '  rau_pasted\n'])('%j can be one', (text) => {
    expect(problemOfKey(text, plain)).toBeUndefined();
  });

  it.each(['', ' ', 'two words', 'line\nbreak', 'schlüssel', 'x'.repeat(1001)])(
    '%j cannot, and is not repeated',
    (text) => {
      const problem = problemOfKey(text, plain);
      expect(problem).toMatch(/\.$/);
      if (text.trim() !== '') expect(problem).not.toContain(text.trim());
    },
  );
});
