import { customElement } from 'lit/decorators.js';
import { prettyText } from '../../../output/chunk';
import type { SegmentPiece, SegmentText } from '../../../output/segment_text';
import type { Segment } from '../../../output/segments';
import { fill } from '../../../translate';
import { button, element } from '../element';
import { markdownStyles } from './markdown_styles';
import { sharedStyles, viewStyles } from './output_styles';
import { safeMarkdown } from './safe_markdown';
import { SegmentView } from './segment_view';

/** Characters of a value that are shown; all of it is in the tree. */
const VALUE_LIMIT = 20_000;

/** The output to be read: text as Markdown, values with line breaks. */
@customElement('run-output-text')
export class TextView extends SegmentView {
  static override styles = [sharedStyles, viewStyles, markdownStyles];

  protected get segments(): readonly Segment[] {
    return this.output.textSegments.list;
  }

  protected content({ kind, prefix }: Segment, { pieces }: SegmentText): readonly Node[] {
    if (kind === 'text') return this.#markdown(prefix, pieces);
    return pieces.flatMap((piece) => this.#value(kind, piece));
  }

  #markdown(prefix: string, pieces: readonly SegmentPiece[]): Node[] {
    const content = element('div', { class: 'markdown' });
    content.append(safeMarkdown(prefix + pieces.map(({ text }) => text).join('')));
    for (const code of content.querySelectorAll('pre')) this.#addCopyButton(code);
    const cut = pieces.findLast(({ wholeLength }) => wholeLength !== undefined);
    return cut === undefined ? [content] : [content, this.#cutNote(cut.text.length, cut.wholeLength ?? 0)];
  }

  #addCopyButton(code: HTMLPreElement): void {
    const text = code.textContent ?? '';
    const holder = element('div', { class: 'code' });
    code.replaceWith(holder);
    const copy = button('', () => this.ask({ type: 'copyText', text }), 'icon copy');
    copy.setAttribute('aria-label', this.words.copyCode);
    copy.title = this.words.copyCode;
    holder.append(code, copy);
  }

  #value(kind: Segment['kind'], piece: SegmentPiece): Node[] {
    const whole = prettyText({ kind, text: piece.text });
    const value = element('pre', { class: 'value' }, whole.slice(0, VALUE_LIMIT));
    const notes = kind === 'frame' ? [this.note(this.words.unknownFrame)] : [];
    const length = piece.wholeLength ?? whole.length;
    if (length > Math.min(whole.length, VALUE_LIMIT)) {
      return [...notes, value, this.#cutNote(Math.min(whole.length, VALUE_LIMIT), length)];
    }
    return [...notes, value];
  }

  #cutNote(shown: number, whole: number): HTMLElement {
    const words = fill(this.words.cutNote, shown.toLocaleString(), whole.toLocaleString());
    const open = () => this.ask({ type: 'output', runId: this.output.runId, action: 'open' });
    return this.note(words, ' ', button(this.words.openDocument, open, 'link'));
  }
}
