import { fill, wordFor } from '../translate';
import type { Entry, Part } from './entries';
import type { Trace } from './trace';
import type { TraceWords } from './words';

/** What happened last, in a few words for a screen reader. */
export function traceNews({ entries }: Trace, words: TraceWords): string {
  const entry = entries.at(-1);
  return entry === undefined ? '' : entryNews(entry, words);
}

function entryNews(entry: Entry, words: TraceWords): string {
  switch (entry.kind) {
    case 'session':
      return [entry.isResumed ? words.resumed : words.start, entry.agent].filter(Boolean).join(': ');
    case 'answer':
      return `${words.answer}: ${entry.text.brief}`;
    case 'end':
      return `${words.end}: ${wordFor(words.reasons, entry.reason) ?? entry.reason}`;
    case 'step': {
      const name = entry.name ?? fill(words.step, entry.step.toLocaleString());
      const last = entry.parts.findLast(({ kind }) => kind === 'call' || kind === 'thought');
      return last === undefined ? name : `${name}: ${partNews(last, words)}`;
    }
  }
}

function partNews(part: Part, words: TraceWords): string {
  if (part.kind === 'thought') return part.text.brief;
  if (part.kind !== 'call') return '';
  const { tool, arguments: given, observation } = part;
  const called = `${tool === '' ? words.noTool : tool} ${given.brief}`;
  if (observation === null) return called;
  const failed = observation.isOk ? '' : `${words.failed}: `;
  return `${called} → ${failed}${observation.content.brief}`;
}
