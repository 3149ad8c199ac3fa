// A reporter for `node --test`: the tests that failed, with their file and what they said first, as a JSON list.
import path from 'node:path';
import { root } from './steps.mjs';

/** Of a message; the rest stands in the output of the runner. */
const MOST_CHARACTERS = 300;

/** @typedef {{file: string, test: string, message: string}} FailedTest */

/** @param {AsyncIterable<import('node:test/reporters').TestEvent>} events */
// biome-ignore lint/style/noDefaultExport: Node takes a reporter from there
export default async function* failedTests(events) {
  /** @type {FailedTest[]} */
  const failed = [];
  for await (const event of events) {
    if (event.type !== 'test:fail' || !event.data.file) continue;
    const { file, name, details } = event.data;
    const said = details.error.cause instanceof Error ? details.error.cause.message : details.error.message;
    const message = said.replace(/\s+/g, ' ').slice(0, MOST_CHARACTERS);
    failed.push({ file: path.relative(root, file), test: name, message });
  }
  yield JSON.stringify(failed);
}
