import { isOver, type RunViewModel } from '../../runs/view_model';
import { duration } from '../duration';
import type { PageCommand, Words } from '../messages';
import { button, element, fill, setText } from './element';
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
  readonly #error = element('section', { class: 'error', role: 'alert' });
  readonly #cancel: HTMLButtonElement;
  readonly #again: HTMLButtonElement;
  readonly #edit: HTMLButtonElement;
  readonly #open: HTMLButtonElement;
  readonly #log: OutputLog;
  #shownError: RunViewModel['error'] = null;

  constructor(
    root: HTMLElement,
    private readonly words: Words,
    private readonly ask: (command: PageCommand) => void,
  ) {
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
      this.#error,
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
    setText(this.#target, this.#targetText(model));
    setText(this.#notice, model.notice ?? '');
    this.showTime(elapsedMs);
    this.#drawButtons(model, over);
    this.#drawError(model.error);
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
    if (model.kind === 'run' || model.pieces === 0) return '';
    const first = model.firstChunkMs;
    const count =
      model.pieces === 1 ? this.words.onePiece : fill(this.words.pieces, model.pieces.toLocaleString());
    const parts = [count];
    if (first !== null) parts.push(fill(this.words.firstPiece, duration(first)));
    return parts.join(', ');
  }

  #targetText(model: RunViewModel): string {
    const { target } = model;
    if (target === null) return '';
    const host = target.host.includes(':') ? `[${target.host}]` : target.host;
    const where = target.leavesMachine ? this.words.leftTheMachine : this.words.onThisMachine;
    return [fill(this.words.ranOn, `${host}:${target.port}`), this.words.sources[target.source], where].join(
      ' · ',
    );
  }

  #drawError(error: RunViewModel['error']): void {
    if (error === this.#shownError) return;
    this.#shownError = error;
    this.#error.replaceChildren();
    if (error === null) return;
    const code = element('code', {}, error.code);
    this.#error.append(
      element('h2', {}, this.words.errorHeading, ' ', code),
      element('p', { class: 'message' }, error.message),
    );
    if (error.suggestion !== null) this.#error.append(element('p', {}, error.suggestion));
    const label = error.action === undefined ? undefined : this.words.actions[error.action];
    if (label !== undefined) {
      this.#error.append(button(label, () => this.ask('errorAction'), 'primary'));
    }
  }
}
