import { html, nothing, type TemplateResult } from 'lit';
import { formatMs } from '../../../output/format';
import { brief } from '../../../output/json_rows';
import type { CallPart, Entry, Observation, Part, StepEntry } from '../../../trace/entries';
import type { KeptValue } from '../../../trace/kept_value';
import { type RowContent, SHORT_TEXT } from '../../../trace/row_content';
import type { Trace } from '../../../trace/trace';
import type { RecalledMemory } from '../../../trace/trace_event';
import type { TraceRow } from '../../../trace/trace_rows';
import type { TraceWords } from '../../../trace/words';
import { counted, fill, wordFor } from '../../../translate';
import { safeMarkdown } from '../output/safe_markdown';
import { timeBar } from './bar';
import { tokensText } from './totals';

/** Characters of a text that are shown; all of it is in the document. */
const TEXT_LIMIT = 20_000;

/** What rows need to know of the whole. */
export interface RowContext {
  readonly trace: Trace;
  readonly words: TraceWords;
  /** Nothing more comes. */
  readonly isOver: boolean;
  /** The buttons of a checkpoint. */
  readonly checkpoint: (part: Extract<Part, { kind: 'checkpoint' }>) => TemplateResult | typeof nothing;
  /** Says that a text is longer than what is shown. */
  readonly cutNote: (shown: number, whole: number) => TemplateResult;
}

/** What stands in a row. */
export function rowContent(row: TraceRow, context: RowContext): unknown {
  const { content } = row;
  switch (content.kind) {
    case 'entry':
      return entryContent(content.entry, context);
    case 'part':
      return html`<span class="sign" aria-hidden="true"></span>${partContent(content.part, row, context)}`;
    case 'memory':
      return memoryContent(content.memory, context.words);
    case 'value':
      return valueContent(content, row, context);
    case 'removed':
      return html`<span class="code key">${content.key}</span> <span class="brief">${context.words.workingRemoved}</span>`;
    case 'json':
      return html`<span class="code"><span class="key">${content.key}</span>: ${jsonBrief(content.value, row.isOpen)}</span>`;
  }
}

/** Names of a row's kind, for its looks. */
export function rowKind(content: RowContent): string {
  if (content.kind === 'entry') return `entry ${content.entry.kind}`;
  return content.kind === 'part' ? content.part.kind : `${content.kind}-row`;
}

function entryContent(entry: Entry, context: RowContext) {
  const { words } = context;
  switch (entry.kind) {
    case 'step':
      return stepContent(entry, context);
    case 'session':
      return html`<span class="title">${entry.isResumed ? words.resumed : words.start}</span>
        <span class="brief">${sessionBrief(entry, words)}</span>`;
    case 'answer':
      return html`<span class="title">${words.answer}</span>${answerContent(entry.text, context)}`;
    case 'end':
      return html`<span class="title">${words.end}</span>
        <span class=${entry.isFailure ? 'brief failed' : 'brief'}
          >${wordFor(words.reasons, entry.reason) ?? entry.reason}${entry.error === null ? nothing : `: ${entry.error.brief}`}</span
        >`;
  }
}

function sessionBrief(entry: Extract<Entry, { kind: 'session' }>, words: TraceWords): string {
  const { forkedFrom, agent, model, input } = entry;
  const fork =
    forkedFrom === undefined ? '' : fill(words.forkedFrom, forkedFrom.session, String(forkedFrom.step));
  return [agent, model, fork, input?.brief].filter(Boolean).join(' · ');
}

function stepContent(entry: StepEntry, context: RowContext) {
  const { words, trace } = context;
  const isRunning = !entry.isOver && !context.isOver;
  const { tokens, elapsedMs, failures, session } = entry;
  const who = trace.hasSessions ? trace.agentOf(session) : undefined;
  return html`<span class="title">${entry.name ?? fill(words.step, entry.step.toLocaleString())}${who === undefined ? nothing : html` <span class="brief">${who}</span>`}</span>
    <span class="brief"
      >${failures === 0 ? nothing : html`<span class="failed">${words.failed}</span> `}${stepBrief(entry, words, isRunning)}</span
    >
    <span class="took">
      ${tokens === null ? nothing : html`<span class="tokens" title=${tokensText(tokens, words)}>${fill(words.stepTokens, tokens.input.toLocaleString(), tokens.output.toLocaleString())}</span>`}
      ${timeBar(entry, trace.totals.slowestMs, words)}
      ${elapsedMs === null ? nothing : html`<span class="time">${formatMs(elapsedMs)}</span>`}
    </span>`;
}

function stepBrief({ parts }: StepEntry, words: TraceWords, isRunning: boolean): unknown {
  const calls = parts.filter((part) => part.kind === 'call');
  if (calls.length > 0) {
    return calls.map(
      (call, at) => html`${at === 0 ? nothing : ', '}<span class="code">${callBrief(call, words)}</span>`,
    );
  }
  const thought = parts.find((part) => part.kind === 'thought');
  return thought?.text.brief ?? (isRunning ? words.writing : nothing);
}

function callBrief({ tool, arguments: given }: CallPart, words: TraceWords) {
  return html`<span class="tool">${tool === '' ? words.noTool : tool}</span>${given.length === 0 ? '(…)' : ` ${given.brief}`}`;
}

function partContent(part: Part, row: TraceRow, context: RowContext): unknown {
  const { words } = context;
  switch (part.kind) {
    case 'thought':
      return html`<span class="label">${words.thought}</span> ${textContent(part.text, row.isOpen, context)}`;
    case 'call':
      return callContent(part, context);
    case 'observation':
      return html`<span class="label">${words.unreadable}</span> ${observed(part.observation, words)}`;
    case 'recalled':
      return html`${counted(part.memories.length, words.recalledOne, words.recalled)}`;
    case 'stored':
      return html`<span class="label">${words.stored}</span> ${memoryContent(part.memory, words)}`;
    case 'warning':
      return html`<span class="label">${words.warning}</span> ${part.text}`;
    case 'working':
      return html`${words.working}`;
    case 'graph':
      return html`${fill(words.graph, part.entities.toLocaleString(), part.relations.toLocaleString())}`;
    case 'checkpoint':
      return html`<span class="label">${words.checkpoint}</span> ${context.checkpoint(part)}`;
  }
}

function callContent(call: CallPart, { words, isOver }: RowContext) {
  const { observation } = call;
  const state = isOver ? words.noResult : words.running;
  return html`<span class="code">${callBrief(call, words)}</span> ${
    observation === null ? html`<span class="brief">${state}</span>` : observed(observation, words)
  }`;
}

/** What came back, in short. */
function observed({ isOk, content, error, elapsedMs }: Observation, words: TraceWords) {
  const time = elapsedMs === undefined ? nothing : html` <span class="brief">${formatMs(elapsedMs)}</span>`;
  if (isOk) return html`→ <span class="code">${content.brief}</span>${time}`;
  const word = error === undefined ? words.failed : (wordFor(words.errors, error) ?? error);
  return html`→ <span class="failed">${word}: ${content.brief}</span>${time}`;
}

function memoryContent({ text, kind, score }: RecalledMemory, words: TraceWords) {
  const notes = [
    kind === undefined ? undefined : (wordFor(words.memoryKinds, kind) ?? kind),
    score === undefined ? undefined : fill(words.score, score.toFixed(2)),
  ].filter((note) => note !== undefined);
  return html`${text}${notes.length === 0 ? nothing : html` <span class="brief">${notes.join(' · ')}</span>`}`;
}

function valueContent(
  { name, value, isError }: Extract<RowContent, { kind: 'value' }>,
  row: TraceRow,
  context: RowContext,
) {
  const label = html`<span class="label">${context.words.values[name]}</span>`;
  const { parts } = value;
  if (parts !== undefined)
    return html`${label} <span class="code brief">${jsonBrief(parts, row.isOpen)}</span>`;
  return html`${label} <span class=${isError ? 'failed' : nothing}>${textContent(value, row.isOpen, context)}</span>`;
}

function jsonBrief(value: unknown, isOpen: boolean): unknown {
  if (typeof value !== 'object' || value === null) return brief(value, TEXT_LIMIT);
  if (!isOpen) return html`<span class="brief">${brief(value)}</span>`;
  const count = Array.isArray(value) ? `[${value.length}]` : `{${Object.keys(value).length}}`;
  return html`<span class="brief">${count}</span>`;
}

/** A text in short, or all of it when its row is open. */
function textContent(value: KeptValue, isOpen: boolean, { cutNote }: RowContext): unknown {
  if (value.length <= SHORT_TEXT && !isOpen) return value.brief;
  const text = value.text ?? value.brief;
  if (!isOpen) return value.brief;
  const shown = text.slice(0, TEXT_LIMIT);
  return html`<div class="full">${shown}</div>${shown.length < value.length ? cutNote(shown.length, value.length) : nothing}`;
}

const answers = new WeakMap<KeptValue, HTMLElement>();

/** The answer as Markdown, made once: it does not change any more. */
function answerContent(value: KeptValue, { cutNote }: RowContext): unknown {
  const text = (value.text ?? value.brief).slice(0, TEXT_LIMIT);
  let drawn = answers.get(value);
  if (drawn === undefined) {
    drawn = document.createElement('div');
    drawn.className = 'markdown';
    drawn.append(safeMarkdown(text));
    answers.set(value, drawn);
  }
  return html`${drawn}${text.length < value.length ? cutNote(text.length, value.length) : nothing}`;
}
