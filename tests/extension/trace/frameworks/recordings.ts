import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';

/** What real libraries streamed: see the README beside this. */
export function recording(name: string): unknown[] {
  const text = readFileSync(path.join(import.meta.dirname, `${name}.jsonl`), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

export function recordings(): string[] {
  const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.jsonl'));
  return files.map((file) => path.basename(file, '.jsonl'));
}
