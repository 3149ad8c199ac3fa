import { html, nothing, type TemplateResult } from 'lit';
import { formatMs } from '../../../output/format';
import type { Tokens } from '../../../trace/entries';
import type { OutputTrace } from '../../../trace/output_trace';
import type { TraceWords } from '../../../trace/words';
import { counted, fill } from '../../../translate';

/** A trace in numbers. */
export function totalsLine({ trace, framework }: OutputTrace, words: TraceWords): TemplateResult {
  const { totals, session } = trace;
  const { steps, calls, failures, recalled, tokens, elapsedMs } = totals;
  const counts = [
    counted(steps, words.oneStep, words.steps),
    calls === 0 ? undefined : counted(calls, words.oneCall, words.calls),
    recalled === 0 ? undefined : counted(recalled, words.recalledOne, words.recalled),
    tokens === null ? undefined : tokensText(tokens, words),
    elapsedMs === null ? undefined : formatMs(elapsedMs),
  ].filter((text) => text !== undefined);
  return html`<div class="totals">
    ${session?.agent === undefined ? nothing : html`<span class="agent">${session.agent}</span>`}
    ${counts.map((text) => html`<span>${text}</span>`)}
    ${framework === null ? nothing : html`<span title=${fill(words.readAs, framework)}>${framework}</span>`}
    ${failures === 0 ? nothing : html`<span class="failed">${fill(words.failures, failures.toLocaleString())}</span>`}
  </div>`;
}

/** Tokens of a step or of all. */
export function tokensText({ input, output, isEstimated }: Tokens, words: TraceWords): string {
  const template = isEstimated ? words.estimatedTokens : words.tokens;
  return fill(template, input.toLocaleString(), output.toLocaleString());
}
