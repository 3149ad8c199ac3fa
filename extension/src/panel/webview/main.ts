import { isOver, type RunViewModel, reduce } from '../../runs/view_model';
import type { HostMessage, PageMessage, Words } from '../messages';
import { RunPage } from './run_page';

declare function acquireVsCodeApi(): { postMessage(message: PageMessage): void };

/** Drawing waits for the next frame, but not for ever: a page in a background tab gets no frames. */
const FRAME_LIMIT_MS = 200;

const editor = acquireVsCodeApi();

class App {
  #model: RunViewModel | undefined;
  #page: RunPage | undefined;
  #startedAt = 0;
  #lastSeq: number | undefined;
  #frame: { readonly animation: number; readonly timer: ReturnType<typeof setTimeout> } | undefined;

  received(message: HostMessage): void {
    if (message.type === 'show') {
      this.#show(message.model, message.elapsedMs, message.words);
    } else if (this.#model !== undefined && message.runId === this.#model.runId) {
      this.#model = reduce(this.#model, message.event);
      if (message.event.type === 'output') this.#lastSeq = message.event.seq;
      this.#schedule();
    }
  }

  tick(): void {
    if (this.#model !== undefined && !isOver(this.#model.phase)) this.#page?.showTime(this.#elapsed());
  }

  #show(model: RunViewModel, elapsedMs: number, words: Words): void {
    this.#model = model;
    this.#startedAt = performance.now() - elapsedMs;
    this.#lastSeq = undefined;
    const root = document.getElementById('run');
    if (root === null) return;
    this.#page ??= new RunPage(root, words, {
      ask: (command) => editor.postMessage({ type: 'command', command }),
      openFrame: (index) => editor.postMessage({ type: 'openFrame', index }),
    });
    this.#draw();
  }

  #schedule(): void {
    if (this.#frame !== undefined) return;
    const draw = () => {
      if (this.#frame === undefined) return;
      cancelAnimationFrame(this.#frame.animation);
      clearTimeout(this.#frame.timer);
      this.#frame = undefined;
      this.#draw();
    };
    this.#frame = { animation: requestAnimationFrame(draw), timer: setTimeout(draw, FRAME_LIMIT_MS) };
  }

  #draw(): void {
    if (this.#model === undefined) return;
    this.#page?.draw(this.#model, this.#elapsed());
    if (this.#lastSeq === undefined) return;
    editor.postMessage({ type: 'drawn', runId: this.#model.runId, seq: this.#lastSeq });
    this.#lastSeq = undefined;
  }

  #elapsed(): number {
    return this.#model?.elapsedMs ?? performance.now() - this.#startedAt;
  }
}

const app = new App();
window.addEventListener('message', (event: MessageEvent<HostMessage>) => app.received(event.data));
setInterval(() => app.tick(), 100);
editor.postMessage({ type: 'ready' });
