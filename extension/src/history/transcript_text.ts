import { duration } from '../duration';
import { asJson, wholeText } from '../runs/display';
import { Transcript } from '../runs/transcript';
import type { AgentServer } from '../server/agent_server';
import type { HistoryRun, OutputItem } from '../server/protocol.generated';
import { type HistoryWords, startedAt } from './run_item';

/** A run of the history with as much of its output as is shown. */
export interface StoredRun {
  readonly run: HistoryRun;
  readonly items: readonly OutputItem[];
  /** Whether more output is kept than was read. */
  readonly hasMore: boolean;
}

/** Headings of a transcript, translated where `vscode.l10n` is. */
export interface TranscriptWords {
  readonly states: HistoryWords['states'];
  readonly started: string;
  readonly took: string;
  readonly agent: string;
  readonly commit: string;
  readonly attempts: string;
  readonly inputs: string;
  readonly inputsCut: string;
  readonly redacted: string;
  readonly output: string;
  readonly noOutput: string;
  /** `{0}` is a count of pieces. */
  readonly dropped: string;
  readonly hasMore: string;
  readonly error: string;
}

/** Characters of output that are read for a transcript; the rest is for an export. */
const READ_LIMIT = 4_000_000;

/** Reads a run page by page. */
export async function readRun(
  server: AgentServer,
  historyId: string,
  limit = READ_LIMIT,
): Promise<StoredRun> {
  const run = await server.request('runagent/history/get', { historyId });
  const items = [...run.items];
  let characters = lengthOf(run.items);
  let { next } = run;
  while (next !== null && characters < limit) {
    const page = await server.request('runagent/history/get', { historyId, after: next });
    items.push(...page.items);
    characters += lengthOf(page.items);
    next = page.next;
  }
  return { run, items, hasMore: next !== null };
}

function lengthOf(items: readonly OutputItem[]): number {
  return items.reduce((sum, item) => sum + wholeText(item).length, 0);
}

/** Everything about a run, as a text to read. */
export function transcriptText(stored: StoredRun, words: TranscriptWords, locale: string): string {
  const { summary } = stored.run;
  const facts: [string, string][] = [[words.started, startedAt(summary, locale)]];
  if (summary.elapsedMs !== null) facts.push([words.took, duration(summary.elapsedMs)]);
  const heading = headingOf(stored, words);
  return [heading, factLines([...facts, ...sameFacts(stored.run, words)]), ...sections(stored, words)].join(
    '\n\n',
  );
}

/** The same without what differs from run to run anyway, for a comparison. */
export function comparableText(stored: StoredRun, words: TranscriptWords): string {
  const facts = factLines(sameFacts(stored.run, words));
  return [headingOf(stored, words), ...(facts === '' ? [] : [facts]), ...sections(stored, words)].join(
    '\n\n',
  );
}

function headingOf({ run: { summary } }: StoredRun, words: TranscriptWords): string {
  return `${summary.tag}: ${words.states[summary.state]}`;
}

function sameFacts({ summary }: HistoryRun, words: TranscriptWords): [string, string][] {
  const facts: [string, string][] = [];
  if (summary.target !== null) facts.push([words.agent, summary.target.address]);
  if (summary.gitCommit !== null) facts.push([words.commit, summary.gitCommit]);
  if (summary.attempts > 1) facts.push([words.attempts, String(summary.attempts)]);
  return facts;
}

function factLines(facts: readonly (readonly [string, string])[]): string {
  return facts.map(([name, value]) => `${name}: ${value}`).join('\n');
}

function sections({ run, items, hasMore }: StoredRun, words: TranscriptWords): string[] {
  const inputs = run.args.length > 0 ? { args: run.args, kwargs: run.kwargs } : run.kwargs;
  const found = [section(words.inputs, run.inputsCut ? words.inputsCut : asJson(inputs))];
  if (run.redacted) found.push(words.redacted);
  found.push(section(words.output, outputText(run, items, words) || words.noOutput));
  if (hasMore) found.push(words.hasMore);
  const error = errorText(run.error);
  if (error !== undefined) found.push(section(words.error, error));
  return found.map((text) => text.trimEnd());
}

function section(heading: string, text: string): string {
  return `${heading}\n${'-'.repeat(heading.length)}\n${text}`;
}

function outputText(run: HistoryRun, items: readonly OutputItem[], words: TranscriptWords): string {
  const transcript = new Transcript();
  let expected = items[0]?.index ?? 0;
  for (const item of items) {
    const gap = item.index - expected;
    if (gap > 0) transcript.add(`[${words.dropped.replace('{0}', String(gap))}]`, true);
    transcript.add(wholeText(item), item.type !== 'text');
    expected = item.index + 1;
  }
  if ('value' in run) transcript.add(typeof run.value === 'string' ? run.value : asJson(run.value), true);
  return transcript.text();
}

function errorText(error: HistoryRun['error']): string | undefined {
  if (error === undefined) return undefined;
  const { code, message, suggestion } = error;
  const lines = [`${code}: ${message}`, suggestion].filter((line) => typeof line === 'string');
  return lines.join('\n');
}
