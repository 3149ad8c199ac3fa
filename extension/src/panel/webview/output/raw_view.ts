import { customElement } from 'lit/decorators.js';
import type { SegmentText } from '../../../output/segment_text';
import type { Segment } from '../../../output/segments';
import { element } from '../element';
import { SegmentView } from './segment_view';

/** The output as it came, character by character. */
@customElement('run-output-raw')
export class RawView extends SegmentView {
  protected get segments(): readonly Segment[] {
    return this.output.rawSegments.list;
  }

  protected content({ kind }: Segment, { pieces }: SegmentText): readonly Node[] {
    const separator = kind === 'text' ? '' : '\n';
    return [element('pre', {}, pieces.map(({ text }) => text).join(separator))];
  }
}
