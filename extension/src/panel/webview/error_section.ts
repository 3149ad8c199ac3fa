import { inputProblems } from '../../runs/input_problems';
import type { RunError, TracebackFrame } from '../../server/protocol.generated';
import type { PageCommand, Words } from '../messages';
import { button, element, fill } from './element';

/** What the page can ask the extension for. */
export interface PageWays {
  ask(command: PageCommand): void;
  openFrame(index: number): void;
}

/** Why a run failed: the words, each problem of the inputs, the agent's traceback, and what can be done next. */
export class ErrorSection {
  readonly root = element('section', { class: 'error', role: 'alert' });
  #shown: RunError | null = null;

  constructor(
    private readonly words: Words,
    private readonly ways: PageWays,
  ) {}

  draw(error: RunError | null): void {
    if (error === this.#shown) return;
    this.#shown = error;
    this.root.replaceChildren();
    if (error === null) return;
    const problems = inputProblems(error);
    this.root.append(this.#heading(error, problems.length > 0));
    // The message of refused inputs only strings the problems together.
    this.root.append(
      problems.length > 0 ? problemList(problems) : element('p', { class: 'message' }, error.message),
    );
    if (error.frames !== undefined && error.frames.length > 0) {
      this.root.append(...this.#traceback(error.frames));
    }
    const hint = error.action === undefined ? undefined : this.words.hints[error.action];
    if (hint !== undefined) this.root.append(element('p', {}, hint));
    if (error.suggestion !== null) this.root.append(element('p', {}, error.suggestion));
    const buttons = this.#buttons(error.action);
    if (buttons.length > 0) this.root.append(element('div', { class: 'buttons' }, ...buttons));
  }

  #heading(error: RunError, refused: boolean): HTMLElement {
    const words = refused ? this.words.refusedHeading : this.words.errorHeading;
    const heading = element('h2', {}, words, ' ', element('code', {}, error.code));
    if (error.kind !== undefined) {
      heading.append(' ', element('span', { class: 'kind' }, this.words.errorKinds[error.kind]));
    }
    return heading;
  }

  #traceback(frames: readonly TracebackFrame[]): HTMLElement[] {
    const items = frames.map((frame, index) => {
      const place = `${frame.file}:${frame.line + 1}`;
      // Only what the server has found in the project can be opened; the host looks at it once more.
      const shown = frame.uri === null ? place : button(place, () => this.ways.openFrame(index), 'link');
      const item = element('li', {}, shown);
      if (frame.function !== null) item.append(' ', fill(this.words.inFunction, frame.function));
      if (frame.text !== null) item.append(element('code', { class: 'source' }, frame.text));
      return item;
    });
    return [element('h3', {}, this.words.tracebackHeading), element('ol', { class: 'frames' }, ...items)];
  }

  #buttons(action: RunError['action']): HTMLElement[] {
    const label = action === undefined ? undefined : this.words.actions[action];
    if (label === undefined) return [];
    const act = (look: string) => button(label, () => this.ways.ask('errorAction'), look);
    if (action !== 'send-anyway') return [act('primary')];
    // Putting the inputs right is the better way on, so it stands first.
    const edit = button(this.words.editInputs, () => this.ways.ask('editInputs'), 'primary');
    return [edit, act('secondary')];
  }
}

function problemList(problems: ReturnType<typeof inputProblems>): HTMLElement {
  const items = problems.map(({ where, message }) =>
    where === '' ? element('li', {}, message) : element('li', {}, element('code', {}, where), ' ', message),
  );
  return element('ul', { class: 'problems' }, ...items);
}
