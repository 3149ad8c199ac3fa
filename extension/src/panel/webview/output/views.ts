import { html, type TemplateResult } from 'lit';
import type { PageOutput } from '../../../output/page_output';
import { OUTPUT_VIEWS, type OutputWords, type OutputView as ViewName } from '../../../output/words';
import './events_view';
import './json_view';
import './raw_view';
import './text_view';
import '../trace/run_trace';

/** What each view is given. */
export interface Shown {
  readonly output: PageOutput;
  readonly words: OutputWords;
  readonly startsAtTop: boolean;
  readonly isOver: boolean;
  readonly sessionProblem: string | null;
  readonly resumeProblem: string | null;
}

/** The view of that name. */
export function viewNamed(name: ViewName, shown: Shown): TemplateResult {
  const { output, words, startsAtTop: top, isOver: over } = shown;
  switch (name) {
    case 'trace':
      return html`<run-trace class="view" .output=${output} .words=${words} .startsAtTop=${top} .isOver=${over}
        .sessionProblem=${shown.sessionProblem} .resumeProblem=${shown.resumeProblem}></run-trace>`;
    case 'text':
      return html`<run-output-text class="view" .output=${output} .words=${words} .startsAtTop=${top} .isOver=${over}></run-output-text>`;
    case 'events':
      return html`<run-output-events class="view" .output=${output} .words=${words} .startsAtTop=${top} .isOver=${over}></run-output-events>`;
    case 'json':
      return html`<run-output-json class="view" .output=${output} .words=${words} .startsAtTop=${top} .isOver=${over}></run-output-json>`;
    case 'raw':
      return html`<run-output-raw class="view" .output=${output} .words=${words} .startsAtTop=${top} .isOver=${over}></run-output-raw>`;
  }
}

/** The view to be shown: the chosen one, or without a choice the trace, if the output has one. */
export function shownView(chosen: ViewName | null, hasTrace: boolean): ViewName {
  const wanted = chosen ?? 'trace';
  return wanted === 'trace' && !hasTrace ? 'text' : wanted;
}

/** A tab for each view that the output has. */
export function viewTabs(
  words: OutputWords,
  shown: ViewName,
  hasTrace: boolean,
  choose: (view: ViewName) => void,
): TemplateResult {
  const views = OUTPUT_VIEWS.filter((view) => view !== 'trace' || hasTrace);
  const pressed = (event: KeyboardEvent) => {
    const view = views[moved(event.key, views.indexOf(shown), views.length)];
    if (view === undefined) return;
    event.preventDefault();
    choose(view);
    (event.currentTarget as Element).querySelector<HTMLElement>(`#tab-${view}`)?.focus();
  };
  return html`<div class="tabs" role="tablist" aria-label=${words.view} @keydown=${pressed}>
    ${views.map(
      (view) => html`<button
        role="tab"
        id="tab-${view}"
        aria-selected=${String(view === shown)}
        aria-controls="panel"
        tabindex=${view === shown ? 0 : -1}
        @click=${() => choose(view)}
      >${words.views[view]}</button>`,
    )}
  </div>`;
}

/** The tab that a key leads to; -1 for other keys. */
function moved(key: string, at: number, count: number): number {
  const moves: Readonly<Record<string, number>> = {
    ArrowRight: (at + 1) % count,
    ArrowLeft: (at + count - 1) % count,
    Home: 0,
    End: count - 1,
  };
  return moves[key] ?? -1;
}
