import { css, html, LitElement, nothing, svg } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { duration } from '../../../duration';
import { formatBytes, formatMs, formatRate } from '../../../output/format';
import { BAR_LIMIT, type Gaps } from '../../../output/gaps';
import type { PageOutput } from '../../../output/page_output';
import type { OutputWords } from '../../../output/words';
import type { RunKind } from '../../../runs/view_model';
import { fill } from '../../../translate';
import { sharedStyles } from './output_styles';

const HEIGHT = 16;

/** How the output came: when it began, how fast, how much, with which pauses, and whether it has stopped coming. */
@customElement('run-output-metrics')
export class MetricsBar extends LitElement {
  static override styles = [
    sharedStyles,
    css`
      :host {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 2px 12px;
        color: var(--vscode-descriptionForeground);
        font-variant-numeric: tabular-nums;
      }
      svg {
        width: 120px;
        height: 16px;
        fill: var(--vscode-charts-blue, currentcolor);
      }
      .stalled {
        color: var(--vscode-foreground);
        font-weight: 600;
      }
      .stalled:not(:empty) {
        padding-left: 6px;
        border-left: 3px solid var(--vscode-editorWarning-foreground, currentcolor);
      }
      @media (forced-colors: active) {
        svg {
          fill: currentcolor;
        }
      }
    `,
  ];

  @property({ attribute: false }) accessor output!: PageOutput;
  /** Chunks that are told of: the output itself changes without anyone hearing of it. */
  @property({ attribute: false }) accessor count = 0;
  @property({ attribute: false }) accessor words!: OutputWords;
  @property({ attribute: false }) accessor kind: RunKind = 'stream';
  /** Milliseconds without a chunk while the run goes on; null when nothing is waited for. */
  @property({ attribute: false }) accessor silentMs: number | null = null;

  protected override render() {
    const { output, words, kind } = this;
    if (kind === 'run') return html`<span>${output.bytes > 0 ? formatBytes(output.bytes) : nothing}</span>`;
    return html`
      <span>${parts(output, words).join(' · ')}</span>
      ${output.gaps.count > 1 ? sparkline(output.gaps, words) : nothing}
      <span class="stalled" role="status">${this.#stalled(words)}</span>
    `;
  }

  #stalled(words: OutputWords): string | typeof nothing {
    const { silentMs } = this;
    if (silentMs === null || !this.output.gaps.isStalled(silentMs)) return nothing;
    const since = new Date(Date.now() - silentMs).toLocaleTimeString();
    // A screen reader shall hear of it once a minute, not each second.
    const seconds = Math.floor(silentMs / 1000);
    const step = seconds < 60 ? 5 : 60;
    return fill(words.stalled, duration(Math.floor(seconds / step) * step * 1000), since);
  }
}

function parts({ log, bytes }: PageOutput, words: OutputWords): string[] {
  const count = log.end;
  if (count === 0) return [];
  const found = [count === 1 ? words.oneChunk : fill(words.chunkCount, count.toLocaleString())];
  if (log.first === 0) found.unshift(fill(words.firstChunk, formatMs(log.atMs(0))));
  found.push(formatBytes(bytes));
  const took = log.atMs(log.end - 1) - log.atMs(log.first);
  const chunks = log.end - log.first - 1;
  if (chunks > 0 && took > 0) found.push(fill(words.chunkRate, formatRate((chunks * 1000) / took)));
  return found;
}

/** Long gaps must not make the short ones vanish, so the heights grow with the logarithm. */
function sparkline(gaps: Gaps, words: OutputWords) {
  const { bars, longest, medianMs } = gaps;
  const top = Math.log1p(longest.ms);
  const width = BAR_LIMIT / Math.max(bars.length, BAR_LIMIT / 4);
  const path = bars
    .map((gap, index) => {
      const height = top === 0 ? 1 : Math.max(1, (Math.log1p(Math.max(0, gap)) / top) * HEIGHT);
      const left = (index * width).toFixed(1);
      return `M${left} ${HEIGHT}v${(-height).toFixed(1)}h${Math.max(0.5, width * 0.75).toFixed(1)}v${height.toFixed(1)}z`;
    })
    .join('');
  const text = fill(
    words.gaps,
    formatMs(medianMs),
    formatMs(longest.ms),
    (longest.chunk + 1).toLocaleString(),
  );
  return html`<svg viewBox="0 0 ${BAR_LIMIT} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label=${text}>
    ${svg`<title>${text}</title><path d=${path}></path>`}
  </svg>`;
}
