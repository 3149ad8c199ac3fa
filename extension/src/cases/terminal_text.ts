import { asJson } from '../runs/display';
import type { OutputItem, RunOutcome } from '../server/protocol.generated';

/**
 * A text as a terminal shows it and does nothing else: line breaks begin a new line, and what would steer the terminal
 * (colors, links, titles) is drawn as the picture of its character.
 */
export function terminalText(text: string): string {
  const steady = text.replace(/\r\n?/g, '\n').replace(STEERING, (character) => {
    const code = character.charCodeAt(0);
    if (code === 0x7f) return '\u2421';
    return code < 0x20 ? String.fromCharCode(PICTURES + code) : '\ufffd';
  });
  return steady.replaceAll('\n', '\r\n');
}

/** All control characters but tab and line break: an agent that writes them may mean harm. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const STEERING = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
/** Where Unicode has a picture for each of the first 32 characters. */
const PICTURES = 0x2400;

/** The output of a run as it is written to the terminal of its test, up to a limit. */
export class TerminalOutput {
  #length = 0;
  #atLineStart = true;
  #isFull = false;

  constructor(
    private readonly write: (text: string) => void,
    private readonly restIsLeftOut: string,
    private readonly limit = 1_000_000,
  ) {}

  item(item: OutputItem): void {
    if (item.type === 'text') this.text(item.text ?? '');
    else this.line(item.type === 'value' ? asJson(item.value) : (item.text ?? ''));
  }

  /** What a call has returned; a stream has shown all of its pieces before. */
  result(outcome: RunOutcome): void {
    if ('value' in outcome)
      this.line(typeof outcome.value === 'string' ? outcome.value : asJson(outcome.value));
  }

  /** A piece that follows what is there. */
  text(text: string): void {
    if (this.#isFull) return;
    const room = this.limit - this.#length;
    this.#length += text.length;
    this.#put(text.slice(0, room));
    if (text.length <= room) return;
    this.#isFull = true;
    this.note(this.restIsLeftOut);
  }

  /** A piece on lines of its own. */
  line(text: string): void {
    this.text(`${this.#atLineStart ? '' : '\n'}${text}\n`);
  }

  /** A line of ours, which is written however much the agent has said. */
  note(text: string): void {
    this.#put(`${this.#atLineStart ? '' : '\n'}${text}\n`);
  }

  #put(text: string): void {
    if (text === '') return;
    this.#atLineStart = text.endsWith('\n');
    this.write(terminalText(text));
  }
}
