import type { PageMessage } from '../messages';
import type { PageState } from '../page_state';

interface Editor {
  postMessage(message: PageMessage): void;
  setState(state: PageState): void;
  /** What was set last, also by the page that stood here before this one. */
  getState(): unknown;
}

declare function acquireVsCodeApi(): Editor;

/** The way to the extension. VS Code hands it out once. */
export const editor = acquireVsCodeApi();
