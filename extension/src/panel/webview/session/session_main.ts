import {
  placeOf,
  readSessionTab,
  type SessionHostMessage,
  type SessionPageMessage,
  type SessionPageState,
} from '../../../sessions/messages';
import type { SessionTab } from '../../../sessions/words';
import { SessionPage } from './session_page';

interface Editor {
  postMessage(message: SessionPageMessage): void;
  setState(state: SessionPageState & { readonly tab: SessionTab | null }): void;
  /** What was set last, also by the page that stood here before this one. */
  getState(): unknown;
}

declare function acquireVsCodeApi(): Editor;

const editor = acquireVsCodeApi();
const page = new SessionPage();
let shown: SessionPageState | undefined;

/** What is shown is also what comes back when the page is hidden for a while, or the window is opened again. */
function keep(): void {
  if (shown !== undefined) editor.setState({ ...shown, tab: page.tab });
}

page.tab = readSessionTab(editor.getState());
page.send = (message) => editor.postMessage(message);
page.addEventListener('tab-chosen', keep);
document.getElementById('run')?.append(page);
window.addEventListener('message', ({ data }: MessageEvent<SessionHostMessage>) => {
  if (data.type === 'show') {
    const { step } = data.content;
    shown = { ...placeOf(data.content), step };
    keep();
  }
  page.received(data);
});
editor.postMessage({ type: 'ready' });
