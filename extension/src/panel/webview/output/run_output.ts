import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { MarkdownParts } from '../../../output/markdown_parts';
import { OUTPUT_VIEWS, type OutputView, type OutputWords } from '../../../output/words';
import { isOver, type OutputBlock, type RunViewModel } from '../../../runs/view_model';
import { duration } from '../../duration';
import { fill } from '../element';
import { outputStyles } from './output_styles';
import { safeMarkdown } from './safe_markdown';

/** How near to the end, in pixels, still counts as being there. */
const END_MARGIN = 24;

/** What came out of a run, and how it came. Asks the extension by `page-request` events. */
@customElement('run-output')
export class RunOutput extends LitElement {
  static override styles = outputStyles;

  @property({ attribute: false }) accessor run: RunViewModel | null = null;
  @property({ attribute: false }) accessor words: OutputWords | null = null;
  @state() accessor view: OutputView = 'text';
  @state() accessor follows = true;
  @query('.log') accessor log: HTMLElement | null = null;

  protected override render() {
    const { run, words } = this;
    if (run === null || words === null) return nothing;
    const empty = isOver(run.phase) && run.blocks.length === 0;
    if (empty) return run.error === null ? html`<p class="note">${words.noOutput}</p>` : nothing;
    return html`
      <div class="bar">
        <div class="views" role="group" aria-label=${words.view}>
          ${OUTPUT_VIEWS.map((view) => this.#viewButton(view, words))}
        </div>
        <span class="metrics">${metrics(run, words).join(' · ')}</span>
      </div>
      <div class="log" role="log" aria-live="polite" aria-label=${words.output} tabindex="0" @scroll=${this.#scrolled}>
        ${this.view === 'text' ? run.blocks.map((block) => textBlock(block, words)) : run.blocks.map(rawBlock)}
      </div>
      <button class="jump" ?hidden=${this.follows} @click=${this.#toEnd}>${words.jumpToEnd}</button>
    `;
  }

  protected override updated(): void {
    if (this.follows && this.log !== null) this.log.scrollTop = this.log.scrollHeight;
  }

  #viewButton(view: OutputView, words: OutputWords): TemplateResult {
    return html`<button aria-pressed=${String(this.view === view)} @click=${() => {
      this.view = view;
    }}>${words.views[view]}</button>`;
  }

  #scrolled = (): void => {
    const { log } = this;
    if (log !== null) this.follows = log.scrollHeight - log.scrollTop - log.clientHeight <= END_MARGIN;
  };

  #toEnd = (): void => {
    this.follows = true;
    this.log?.focus();
  };
}

function textBlock(block: OutputBlock, words: OutputWords): TemplateResult | DocumentFragment[] {
  if (block.kind !== 'text') {
    return html`${block.kind === 'frame' ? html`<p class="note">${words.unknownFrame}</p>` : nothing}
      <pre>${block.text}</pre>`;
  }
  const parts = new MarkdownParts();
  let at = 0;
  const settled = [...parts.add(block.text), ...parts.end()];
  return settled.map(({ prefix, length }) => {
    at += length;
    return safeMarkdown(prefix + block.text.slice(at - length, at));
  });
}

function rawBlock(block: OutputBlock): TemplateResult {
  return html`<span class="raw">${block.text}</span>`;
}

function metrics(run: RunViewModel, words: OutputWords): string[] {
  const parts = [run.pieces === 1 ? words.oneChunk : fill(words.chunkCount, run.pieces.toLocaleString())];
  if (run.firstChunkMs !== null) parts.unshift(fill(words.firstChunk, duration(run.firstChunkMs)));
  return parts;
}
