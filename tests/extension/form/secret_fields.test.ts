import { describe, expect, it } from 'vitest';
import { withoutSecretFields } from '../../../extension/src/form/secret_fields';
import { entrypoint, parameter } from '../runs/parameters';

const PASSWORD = { type: 'string', format: 'password' };
const USER = { type: 'object', properties: { name: { type: 'string' }, word: PASSWORD }, required: ['name'] };

describe('what is kept of inputs', () => {
  it('is nothing that is secret by its name', () => {
    const info = entrypoint([parameter('api_key', { type: 'string' }), parameter('name', {})]);
    const inputs = { args: [], kwargs: { api_key: 'hidden', name: { token: 'hidden', id: 1 } } };
    const kept = { args: [], kwargs: { name: { id: 1 } } };
    expect(withoutSecretFields(info, inputs)).toEqual(kept);
    expect(withoutSecretFields(null, inputs)).toEqual(kept);
    expect(withoutSecretFields({ ...info, signature: null, parameters: [] }, inputs)).toEqual(kept);
  });

  it('is nothing that is secret by its type, however deep', () => {
    const info = entrypoint([
      parameter('word', PASSWORD),
      parameter('maybe', { anyOf: [PASSWORD, { type: 'null' }] }),
      parameter('users', { type: 'array', items: USER }),
    ]);
    const users = [{ name: 'Ada', word: 'hidden' }];
    expect(withoutSecretFields(info, { args: [], kwargs: { word: 'hidden', maybe: 5, users } })).toEqual({
      args: [],
      kwargs: { users: [{ name: 'Ada' }] },
    });
  });

  it('is nothing that is secret when there are more arguments than parameters', () => {
    const info = entrypoint([
      parameter('name', {}),
      parameter('api_key', {}),
      parameter('word', PASSWORD, { kind: 'keyword_only' }),
    ]);
    const inputs = { args: ['Ada', 'hidden', 'more'], kwargs: { word: 'hidden' } };
    expect(withoutSecretFields(info, inputs)).toEqual({
      args: ['Ada'],
      kwargs: {},
    });
  });

  it('has no argument in the place of another', () => {
    const positional = { kind: 'positional_only' } as const;
    const info = entrypoint([
      parameter('name', {}, positional),
      parameter('word', PASSWORD, { ...positional, required: false, defaultValue: 'usual' }),
      parameter('count', {}, positional),
      parameter('rest', { type: 'array' }, { kind: 'var_positional', required: false }),
    ]);
    expect(withoutSecretFields(info, { args: ['Ada', 'hidden', 3, 4], kwargs: {} })).toEqual({
      args: ['Ada'],
      kwargs: {},
    });
    const named = entrypoint([parameter('api_key', {}), parameter('name', {})]);
    expect(withoutSecretFields(named, { args: ['hidden', 'Ada'], kwargs: {} })).toEqual({
      args: [],
      kwargs: { name: 'Ada' },
    });
  });
});
