import { describe, expect, it } from 'vitest';
import {
  comparableText,
  readRun,
  type TranscriptWords,
  transcriptText,
} from '../../../extension/src/history/transcript_text';
import type { AgentServer } from '../../../extension/src/server/agent_server';
import type { HistoryRun, OutputItem } from '../../../extension/src/server/protocol.generated';
import { storedRun, summary } from './samples';

const words: TranscriptWords = {
  states: {
    running: 'running',
    completed: 'completed',
    failed: 'failed',
    cancelled: 'cancelled',
    interrupted: 'broken off',
  },
  started: 'Started',
  took: 'Took',
  agent: 'Agent',
  commit: 'Commit',
  attempts: 'Attempts',
  inputs: 'Inputs',
  inputsCut: 'Too long.',
  redacted: 'Redacted.',
  output: 'Output',
  noOutput: 'None.',
  dropped: '{0} not kept',
  hasMore: 'There is more.',
  error: 'Error',
};
const text = (index: number, content: string): OutputItem => ({
  index,
  atMs: 1,
  type: 'text',
  text: content,
});
const stored = (more: Partial<HistoryRun> = {}, items: OutputItem[] = [], hasMore = false) => ({
  run: storedRun(more),
  items,
  hasMore,
});

describe('a transcript', () => {
  it('names the state in the words of the user', () => {
    const run = stored({ summary: summary({ state: 'interrupted' }) });
    expect(transcriptText(run, words, 'en')).toMatch(/^greet: broken off\n/);
    expect(comparableText(run, words)).toMatch(/^greet: broken off\n/);
  });

  it('holds when, where, inputs and result', () => {
    const shown = transcriptText(stored({ value: { letters: 3 } }), words, 'en');
    expect(shown).toMatch(
      /^greet: completed\n\nStarted: Jan 2, 2026, .+\nTook: 850 ms\nAgent: 127.0.0.1:8450\nCommit: c0ffee\n\n/,
    );
    expect(shown).toContain('Inputs\n------\n{\n  "name": "Ada"\n}');
    expect(shown).toContain('Output\n------\n{\n  "letters": 3\n}');
  });

  it('joins text, shows gaps, and says what is not shown', () => {
    const shown = transcriptText(stored({}, [text(0, 'a'), text(1, 'b'), text(7, 'c')], true), words, 'en');
    expect(shown).toContain('Output\n------\nab\n[5 not kept]\nc\n\nThere is more.');
  });

  it('tells of an error, of cut inputs and of what was redacted', () => {
    const failed = stored({
      inputsCut: true,
      redacted: true,
      error: { code: 'X', message: 'No luck.', suggestion: 'Try again.', details: null },
      summary: summary({ state: 'failed', attempts: 3, elapsedMs: null, target: null, gitCommit: null }),
    });
    const shown = transcriptText(failed, words, 'en');
    for (const part of [
      'Attempts: 3',
      'Too long.',
      'Redacted.',
      'None.',
      'Error\n-----\nX: No luck.\nTry again.',
    ]) {
      expect(shown).toContain(part);
    }
  });

  it('shows a null result, and the positional inputs', () => {
    const shown = transcriptText(stored({ value: null, args: [1] }), words, 'en');
    expect(shown).toContain('Output\n------\nnull');
    expect(shown).toContain('"args"');
  });
});

it('leaves out of a comparison what differs anyway', () => {
  const first = stored({ value: 'Hello' });
  const second = stored({
    value: 'Hello',
    summary: summary({ historyId: 'h2', startedAt: 5, elapsedMs: 1 }),
  });
  expect(comparableText(first, words)).toBe(comparableText(second, words));
  expect(comparableText(stored({ value: 'Bye' }), words)).not.toBe(comparableText(first, words));
});

describe('reading a run', () => {
  function pagedServer(pages: readonly Partial<HistoryRun>[]) {
    const asked: unknown[] = [];
    const server = {
      request: async (_method: string, params: { after?: number }) => {
        asked.push(params.after);
        return storedRun(pages[asked.length - 1]);
      },
      notify: () => undefined,
    } as unknown as AgentServer;
    return { server, asked };
  }

  it('takes all pages', async () => {
    const { server, asked } = pagedServer([
      { items: [text(0, 'a')], next: 0 },
      { items: [text(1, 'b')], next: null },
    ]);
    const read = await readRun(server, 'h1');
    expect(read.items.map(({ text: content }) => content)).toEqual(['a', 'b']);
    expect(read.hasMore).toBe(false);
    expect(asked).toEqual([undefined, 0]);
  });

  it('stops where a text gets too long to look at', async () => {
    const { server, asked } = pagedServer([{ items: [text(0, 'abcdef')], next: 0 }]);
    expect(await readRun(server, 'h1', 5)).toMatchObject({ hasMore: true });
    expect(asked).toHaveLength(1);
  });
});
