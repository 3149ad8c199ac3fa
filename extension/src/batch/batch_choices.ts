import * as path from 'node:path';

/** Calls that go on at once, where the user says nothing else. */
export const USUAL_CONCURRENCY = 4;
const MOST_CONCURRENCY = 64;

/** Where results of a batch go unless the user wants them elsewhere: beside the inputs. */
export function outputFor(inputPath: string, tag: string): string {
  const { dir, name } = path.posix.parse(inputPath);
  return path.posix.join(dir, `${name}.${tag.replace(/[^\w-]/g, '_')}.results.jsonl`);
}

/** A typed number of calls at once, or why it is none. */
export function readConcurrency(text: string): { readonly value: number } | { readonly problem: string } {
  const value = Number(text.trim());
  if (/^\d+$/.test(text.trim()) && value >= 1 && value <= MOST_CONCURRENCY) return { value };
  return { problem: `Type a whole number from 1 to ${MOST_CONCURRENCY}.` };
}
