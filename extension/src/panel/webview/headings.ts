import { html, nothing, type TemplateResult } from 'lit';
import { duration } from '../../duration';
import type { RunViewModel } from '../../runs/view_model';
import { fill } from '../../translate';
import type { PageContent, PageWords, Words } from '../messages';
import type { NextTarget } from '../next_target';
import { isShared, targetParts } from '../target_text';

const ICONS: Readonly<Record<NextTarget['kind'], string>> = { local: 'vm', address: 'plug', cloud: 'cloud' };

/** What the page is about, and where its next run goes. */
export function header(content: PageContent, words: PageWords, chooseTarget: () => void): TemplateResult {
  const { tag, project, target } = content;
  return html`<header>
    <div class="heading">
      <h1>${tag}</h1>
      <span class="project">${project}</span>
    </div>
    ${
      target === null
        ? nothing
        : html`<div class=${target.leaves ? 'next-target leaves' : 'next-target'}>
            <button
              type="button"
              aria-label=${fill(words.changeTarget, target.label)}
              title=${fill(words.changeTarget, target.label)}
              @click=${chooseTarget}
            >
              <vscode-icon name=${ICONS[target.kind]}></vscode-icon>
              <span>${target.label}</span>
              <vscode-icon name="chevron-down"></vscode-icon>
            </button>
            <span class="note">${target.detail}</span>
          </div>`
    }
  </header>`;
}

/** How the run goes or went, and where. */
export function resultLine(model: RunViewModel, elapsedMs: number, words: Words): TemplateResult {
  const { target, phase } = model;
  const where = target === null ? [] : targetParts(target, words.target);
  const shared = target !== null && isShared(target);
  return html`
    <div class="state">
      <span class="phase" role="status" data-phase=${phase}>${words.page.phases[phase]}</span>
      <span class="time">${duration(elapsedMs)}</span>
      <span class="details">${details(model, words.page)}</span>
    </div>
    <p class=${shared ? 'target shared' : 'target'}>${where.length === 0 ? nothing : where.join(' · ')}</p>
    <p class="notice" role="status">${noticeOf(model, words.page) ?? nothing}</p>
  `;
}

function noticeOf({ notice, stopped }: RunViewModel, words: PageWords): string | null {
  if (notice !== null || stopped === null) return notice;
  return stopped ? words.functionStopped : words.functionMayGoOn;
}

function details({ step, attempts }: RunViewModel, words: PageWords): string {
  const parts = step === null ? [] : [step];
  if (attempts !== null && attempts > 1) parts.push(fill(words.attempts, attempts.toLocaleString()));
  return parts.join(', ');
}
