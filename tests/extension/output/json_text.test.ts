import { describe, expect, it } from 'vitest';
import { ChunkLog } from '../../../extension/src/output/chunk_log';
import { jsonText, onlyText } from '../../../extension/src/output/json_text';
import { chunk } from './chunks';

describe('a text that is JSON', () => {
  it.each([
    ['{"a": 1}', { a: 1 }],
    [' [1, 2]\n', [1, 2]],
    ['```json\n{"a": 1}\n```\n', { a: 1 }],
    ['```\n[]\n```', []],
  ])('%j is read', (text, value) => expect(jsonText(text)).toEqual({ value }));

  it.each(['words', '{"a": 1} and more', '{broken}', '5', '', '```json\n{"a": 1}\n``` words'])(
    '%j is none',
    (text) => expect(jsonText(text)).toBeUndefined(),
  );
});

it('an output is one text only when it holds nothing else and all of it is here', () => {
  const chunks = [chunk(0, '{"a"'), chunk(1, ': 1}')];
  const log = new ChunkLog();
  for (const piece of chunks) log.add(piece);
  expect(onlyText({ log, peek: (index) => chunks[index] })).toBe('{"a": 1}');
  expect(onlyText({ log, peek: (index) => (index === 0 ? undefined : chunks[index]) })).toBeUndefined();
  log.add(chunk(2, '{}', 'value'));
  expect(onlyText({ log, peek: (index) => chunks[index] })).toBeUndefined();
});
