import { isOver, type RunViewModel } from '../../runs/view_model';
import { duration } from '../duration';
import type { Words } from '../messages';
import { isShared, targetParts } from '../target_text';
import { button, element, fill, setText } from './element';
import { ErrorSection, type PageWays } from './error_section';
import { OutputLog } from './output_log';

/** The page of one run: what, where, how it goes, what came out. */
export class RunPage {
  readonly #title = element('h1');
  readonly #project = element('span', { class: 'project' });
  readonly #phase = element('span', { class: 'phase', role: 'status' });
  readonly #time = element('span', { class: 'time' });
  readonly #details = element('span', { class: 'details' });
  readonly #target = element('p', { class: 'target' });
  readonly #notice = element('p', { class: 'notice', role: 'status' });
  readonly #error: ErrorSection;
  readonly #cancel: HTMLButtonElement;
  readonly #again: HTMLButtonElement;
  readonly #edit: HTMLButtonElement;
  readonly #open: HTMLButtonElement;
  readonly #log: OutputLog;

  constructor(
    root: HTMLElement,
    private readonly words: Words,
    ways: PageWays,
  ) {
    const { ask } = ways;
    this.#error = new ErrorSection(words, ways);
    this.#cancel = button(words.cancel, () => ask('cancel'), 'primary');
    this.#again = button(words.runAgain, () => ask('runAgain'), 'primary');
    this.#edit = button(words.editInputs, () => ask('editInputs'));
    this.#log = new OutputLog(words, () => ask('openDocument'));
    this.#open = button(words.openDocument, () => ask('openDocument'));
    root.replaceChildren(
      element(
        'header',
        {},
        element('div', { class: 'heading' }, this.#title, this.#project),
        element('div', { class: 'state' }, this.#phase, this.#time, this.#details),
        this.#target,
        this.#notice,
        element('div', { class: 'buttons' }, this.#cancel, this.#again, this.#edit, this.#open),
      ),
      this.#error.root,
      this.#log.root,
    );
  }

  draw(model: RunViewModel, elapsedMs: number): void {
    const over = isOver(model.phase);
    setText(this.#title, `${this.words.kinds[model.kind]} ${model.tag}`);
    setText(this.#project, model.project);
    setText(this.#phase, this.words.phases[model.phase]);
    this.#phase.dataset['phase'] = model.phase;
    setText(this.#details, this.#detailText(model));
    this.#drawTarget(model);
    setText(this.#notice, model.notice ?? '');
    this.showTime(elapsedMs);
    this.#drawButtons(model, over);
    this.#error.draw(model.error);
    this.#log.draw(model, over);
  }

  showTime(elapsedMs: number): void {
    setText(this.#time, duration(elapsedMs));
  }

  #drawButtons(model: RunViewModel, over: boolean): void {
    const hadFocus = document.activeElement === this.#cancel || document.activeElement === this.#again;
    this.#cancel.hidden = over;
    // Not `disabled`: that would take the keyboard away from the button that was just pressed.
    this.#cancel.setAttribute('aria-disabled', String(model.phase === 'cancelling'));
    this.#again.hidden = !over;
    this.#edit.disabled = !over;
    this.#open.disabled = model.blocks.length === 0;
    // The two take each other's place; the keyboard stays where it was.
    if (hadFocus) (over ? this.#again : this.#cancel).focus();
  }

  #detailText(model: RunViewModel): string {
    const parts: string[] = model.step === null ? [] : [model.step];
    if (model.kind === 'stream' && model.pieces > 0) {
      const count =
        model.pieces === 1 ? this.words.onePiece : fill(this.words.pieces, model.pieces.toLocaleString());
      parts.push(count);
      if (model.firstChunkMs !== null) parts.push(fill(this.words.firstPiece, duration(model.firstChunkMs)));
    }
    if (model.attempts !== null && model.attempts > 1) {
      parts.push(fill(this.words.attempts, model.attempts.toLocaleString()));
    }
    return parts.join(', ');
  }

  #drawTarget({ target }: RunViewModel): void {
    setText(this.#target, target === null ? '' : targetParts(target, this.words).join(' · '));
    this.#target.classList.toggle('shared', target !== null && isShared(target));
  }
}
