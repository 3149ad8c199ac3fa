import type { OutputBlock, RunViewModel } from '../../runs/view_model';
import type { Words } from '../messages';
import { button, element, fill, setText } from './element';

/** How near to the end, in pixels, still counts as being there. */
const END_MARGIN = 24;

interface DrawnBlock {
  readonly element: HTMLElement;
  readonly text: Text;
}

/** The output, drawn by adding to it: a block that has grown gets only its new characters. */
export class OutputLog {
  readonly root: HTMLElement;
  readonly #dropped = element('p', { class: 'note', hidden: '' });
  readonly #empty = element('p', { class: 'note', hidden: '' });
  readonly #log: HTMLElement;
  readonly #jump: HTMLButtonElement;
  readonly #drawn = new Map<number, DrawnBlock>();
  #runId = '';
  #follows = true;

  constructor(
    private readonly words: Words,
    private readonly openDocument: () => void,
  ) {
    this.#log = element('div', {
      class: 'log',
      role: 'log',
      'aria-live': 'polite',
      'aria-label': words.output,
      tabindex: '0',
    });
    this.#jump = button(words.jumpToEnd, () => this.#toEnd(), 'jump');
    this.#jump.hidden = true;
    this.#empty.textContent = words.noOutput;
    this.root = element('section', { class: 'output' }, this.#dropped, this.#empty, this.#log, this.#jump);
    this.#log.addEventListener('scroll', () => this.#scrolled());
  }

  draw(model: RunViewModel, over: boolean): void {
    if (model.runId !== this.#runId) this.#clear(model.runId);
    const firstId = model.blocks[0]?.id ?? model.nextBlockId;
    for (const [id, { element: old }] of this.#drawn) {
      if (id >= firstId) break;
      old.remove();
      this.#drawn.delete(id);
    }
    this.#drawNew(model.blocks);
    this.#dropped.hidden = model.dropped === 0;
    setText(this.#dropped, fill(this.words.droppedNote, model.dropped.toLocaleString()));
    const nothing = over && model.blocks.length === 0;
    this.#empty.hidden = !nothing || model.error !== null;
    this.#log.hidden = nothing;
    if (this.#follows) this.#log.scrollTop = this.#log.scrollHeight;
  }

  /** Only the last block can have grown, so the walk back stops at the first one that is drawn in full. */
  #drawNew(blocks: readonly OutputBlock[]): void {
    let from = blocks.length;
    while (from > 0) {
      const block = blocks[from - 1];
      const drawn = block === undefined ? undefined : this.#drawn.get(block.id);
      if (drawn !== undefined && drawn.text.length === block?.text.length) break;
      from -= 1;
    }
    for (const block of blocks.slice(from)) this.#drawBlock(block);
  }

  #drawBlock(block: OutputBlock): void {
    const drawn = this.#drawn.get(block.id);
    if (drawn !== undefined) {
      drawn.text.appendData(block.text.slice(drawn.text.length));
      return;
    }
    const text = document.createTextNode(block.text);
    const holder = element(block.kind === 'text' && block.wholeLength === undefined ? 'span' : 'div', {
      class: `block ${block.kind}`,
    });
    if (block.kind === 'frame') holder.append(element('div', { class: 'note' }, this.words.unknownFrame));
    holder.append(text);
    if (block.wholeLength !== undefined) holder.append(this.#cutNote(block, block.wholeLength));
    this.#log.append(holder);
    this.#drawn.set(block.id, { element: holder, text });
  }

  #cutNote(block: OutputBlock, wholeLength: number): HTMLElement {
    const shown = block.text.length.toLocaleString();
    const note = fill(this.words.cutNote, shown, wholeLength.toLocaleString());
    return element(
      'div',
      { class: 'note' },
      note,
      ' ',
      button(this.words.openDocument, this.openDocument, 'link'),
    );
  }

  #clear(runId: string): void {
    this.#runId = runId;
    this.#drawn.clear();
    this.#log.replaceChildren();
    this.#follows = true;
    this.#jump.hidden = true;
  }

  #scrolled(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.#log;
    this.#follows = scrollHeight - scrollTop - clientHeight <= END_MARGIN;
    this.#jump.hidden = this.#follows;
  }

  #toEnd(): void {
    this.#follows = true;
    this.#log.scrollTop = this.#log.scrollHeight;
    this.#log.focus();
  }
}
