import { html, nothing, svg, type TemplateResult } from 'lit';
import { formatMs } from '../../../output/format';
import type { StepEntry } from '../../../trace/entries';
import type { TraceWords } from '../../../trace/words';
import { fill } from '../../../translate';

/** Units that the slowest step is wide. */
const WIDTH = 100;

/** How long a step took, as a bar beside that of the slowest one: first the model, then the tools. */
export function timeBar(
  { elapsedMs, modelMs, toolMs }: StepEntry,
  slowestMs: number,
  words: TraceWords,
): TemplateResult | typeof nothing {
  if (elapsedMs === null) return nothing;
  const isTold = modelMs !== null || toolMs !== null;
  const text = isTold
    ? fill(words.tookParts, formatMs(elapsedMs), formatMs(modelMs ?? 0), formatMs(toolMs ?? 0))
    : fill(words.took, formatMs(elapsedMs));
  const scale = slowestMs > 0 ? WIDTH / slowestMs : 0;
  const wide = (ms: number | null) => Math.min(WIDTH, Math.max(0, (ms ?? 0) * scale));
  const parts = isTold
    ? [
        { name: 'model-bar', width: wide(modelMs) },
        { name: 'tool-bar', width: wide(toolMs) },
      ]
    : [{ name: 'other-bar', width: wide(elapsedMs) }];
  let left = 0;
  const bars = parts.map(({ name, width }) => {
    const x = left;
    left += width;
    return svg`<rect class=${name} x=${x.toFixed(1)} y="0" width=${width.toFixed(1)} height="10"></rect>`;
  });
  return html`<svg viewBox="0 0 ${WIDTH} 10" preserveAspectRatio="none" role="img" aria-label=${text}>
    ${svg`<title>${text}</title>`}${bars}
  </svg>`;
}
