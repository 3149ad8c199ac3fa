import { html, nothing, type TemplateResult } from 'lit';
import { isOver } from '../../runs/view_model';
import type { PageContent, PageWords } from '../messages';

/** What the button does. */
export interface StartWays {
  start(): void;
  cancel(): void;
}

/** The button that starts a run, and ends it while it goes on. One button: the keyboard stays on it all the time. */
export function startButton({ run, action }: PageContent, words: PageWords, ways: StartWays): TemplateResult {
  const phase = run?.model.phase;
  const running = phase !== undefined && !isOver(phase);
  return html`<div slot="actions" class="buttons">
    <vscode-button
      class="main"
      icon=${running ? 'debug-stop' : action === 'debug' ? 'debug-alt' : 'play'}
      ?secondary=${running}
      aria-disabled=${String(phase === 'cancelling')}
      @click=${() => (running ? ways.cancel() : ways.start())}
      >${running ? words.cancel : words.actions[action]}</vscode-button
    >
    <span class="note">${running ? nothing : isMac() ? words.runHintMac : words.runHint}</span>
  </div>`;
}

function isMac(): boolean {
  return /Mac|iPhone|iPad/.test(navigator.userAgent);
}
