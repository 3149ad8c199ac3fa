// A reporter for `node --test`: the files in which a test failed, as a JSON list.
import path from 'node:path';
import { root } from './steps.mjs';

/** @param {AsyncIterable<import('node:test/reporters').TestEvent>} events */
// biome-ignore lint/style/noDefaultExport: Node takes a reporter from there
export default async function* failedFiles(events) {
  const files = new Set();
  for await (const event of events) {
    if (event.type === 'test:fail' && event.data.file) files.add(path.relative(root, event.data.file));
  }
  yield JSON.stringify([...files]);
}
