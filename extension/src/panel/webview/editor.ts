import type { PageMessage } from '../messages';

declare function acquireVsCodeApi(): { postMessage(message: PageMessage): void };

/** The way to the extension. VS Code hands it out once. */
export const editor = acquireVsCodeApi();
