import type { HostMessage } from '../messages';
import { editor } from './editor';
import { RunPage } from './run_page';

const page = new RunPage();
document.getElementById('run')?.append(page);
window.addEventListener('message', (event: MessageEvent<HostMessage>) => page.received(event.data));
editor.postMessage({ type: 'ready' });
