import { describe, expect, it } from 'vitest';
import { looksSecret, RememberedInputs, withoutSecrets } from '../../../extension/src/runs/remembered_inputs';

class FakeStore {
  readonly values = new Map<string, unknown>();
  get(key: string): unknown {
    return this.values.get(key);
  }
  async update(key: string, value: unknown): Promise<void> {
    this.values.set(key, value);
  }
}

describe('looksSecret', () => {
  it.each([
    'password',
    'db_password',
    'apiKey',
    'api_key',
    'OPENAI_API_KEY',
    'accessToken',
    'token',
    'client_secret',
    'Authorization',
    'key',
  ])('%s does', (name) => expect(looksSecret(name)).toBe(true));

  it.each([
    'name',
    'max_tokens',
    'maxTokens',
    'keyword',
    'author',
    'monkey',
    'secretary',
    'passage',
    'keys_pressed',
  ])('%s does not', (name) => expect(looksSecret(name)).toBe(false));
});

describe('remembering', () => {
  const inputs = {
    args: [],
    kwargs: { name: 'Ada', options: [{ api_key: 'sk-1', depth: 2 }], token: 'sk-2' },
  };

  it('keeps inputs apart by config and tag, without secrets at any depth', async () => {
    const store = new FakeStore();
    const remembered = new RememberedInputs(store);
    await remembered.remember('file:///a', 'greet', inputs);
    expect(remembered.get('file:///a', 'greet')).toEqual({
      args: [],
      kwargs: { name: 'Ada', options: [{ depth: 2 }] },
    });
    expect(remembered.get('file:///b', 'greet')).toBeUndefined();
    expect(remembered.get('file:///a', 'other')).toBeUndefined();
    expect(JSON.stringify([...store.values])).not.toContain('sk-');
  });

  it('keeps positional arguments only up to a secret one', async () => {
    const remembered = new RememberedInputs(new FakeStore());
    await remembered.remember('file:///a', 'greet', { args: [1, 'sk-3', 2], kwargs: {} }, [
      'a',
      'token',
      'b',
    ]);
    expect(remembered.get('file:///a', 'greet')).toEqual({ args: [1], kwargs: {} });
  });

  it('does not keep what is huge', async () => {
    const remembered = new RememberedInputs(new FakeStore());
    await remembered.remember('file:///a', 'greet', { args: [], kwargs: { text: 'x'.repeat(200_000) } });
    expect(remembered.get('file:///a', 'greet')).toBeUndefined();
  });

  it.each([undefined, 'text', [], { args: 1 }, { args: [], kwargs: [] }])(
    'ignores %j from an older store',
    (value) => {
      const store = new FakeStore();
      store.values.set('runagent.inputs:file:///a#greet', value);
      expect(new RememberedInputs(store).get('file:///a', 'greet')).toBeUndefined();
    },
  );

  it('leaves the inputs themselves alone', () => {
    withoutSecrets(inputs);
    expect(inputs.kwargs.token).toBe('sk-2');
  });

  it('are copied however deep they are', () => {
    const deep = JSON.parse(`${'{"a":'.repeat(9_000)}1${'}'.repeat(9_000)}`);
    const kept = withoutSecrets({ args: [deep], kwargs: { token: deep, name: 'Ada' } });
    expect(kept.kwargs).toEqual({ name: 'Ada' });
    expect(JSON.stringify(kept).length).toBeLessThan(9_000);
  });
});
