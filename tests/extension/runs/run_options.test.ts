import { describe, expect, it } from 'vitest';
import {
  addressText,
  isLoopback,
  limitText,
  parseAddress,
  parseLimit,
  readOptions,
} from '../../../extension/src/runs/run_options';

describe('an address', () => {
  it.each([
    ['localhost:8450', 'localhost', 8450],
    [' 127.0.0.1:1 ', '127.0.0.1', 1],
    ['[::1]:65535', '::1', 65_535],
    ['http://agents.example:8000/', 'agents.example', 8000],
  ])('%s is %s and %d', (text, host, port) => {
    expect(parseAddress(text)).toEqual({ host, port });
    expect(parseAddress(addressText({ host, port }))).toEqual({ host, port });
  });

  it.each([
    '',
    'localhost',
    ':8450',
    'localhost:0',
    'localhost:65536',
    '::1:8450',
    'a b:1',
    'ada@localhost:1',
    'localhost:1/path',
    'ftp://localhost:1',
  ])('%j is none', (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });
});

it.each([
  ['localhost', true],
  ['127.8.0.1', true],
  ['::1', true],
  ['127.0.0.1.example', false],
  ['10.0.0.1', false],
])('%s is this machine: %s', (host, here) => {
  expect(isLoopback(host)).toBe(here);
});

describe('a limit', () => {
  it.each([
    ['', undefined],
    [' 2.5 ', 2.5],
    ['2,5', 2.5],
    ['0', null],
    ['-1', false],
    ['soon', false],
    ['1e999', false],
  ])('%j is %s', (text, limit) => {
    expect(parseLimit(text)).toBe(limit);
  });

  it.each([undefined, null, 2.5])('%s is written so that it is read again', (limit) => {
    expect(parseLimit(limitText(limit))).toBe(limit);
  });
});

describe('options', () => {
  it('are taken as they are', () => {
    const options = {
      address: { host: 'localhost', port: 8450 },
      userId: 'ada',
      persistentMemory: false,
      timeouts: { connect: 3, total: null },
    };
    expect(readOptions(options)).toEqual(options);
    expect(readOptions({ cloud: true })).toEqual({ cloud: true });
  });

  it('leave out whatever is none, and the cloud comes before an address', () => {
    expect(
      readOptions({
        cloud: 'yes',
        address: { host: 'a/b', port: 1 },
        userId: '',
        persistentMemory: 1,
        timeouts: { connect: -1, idle: '3', total: Number.NaN },
        other: 1,
      }),
    ).toEqual({});
    expect(readOptions({ cloud: true, address: { host: 'localhost', port: 1 } })).toEqual({ cloud: true });
    expect(readOptions({ address: { host: 'localhost', port: 1.5, more: 1 } })).toEqual({});
    for (const value of [null, 1, 'x', []]) expect(readOptions(value)).toEqual({});
  });
});
