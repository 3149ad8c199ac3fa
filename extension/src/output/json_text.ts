import type { ChunkLog } from './chunk_log';

/** More text than this is not tried. */
const LIMIT = 1_000_000;
const FENCED = /^\s*```(?:json)?[ \t]*\r?\n([\s\S]*?)\n```\s*$/i;

/** The object or list that a text is, with or without a fence around it; undefined when it is none. */
export function jsonText(text: string): { readonly value: object } | undefined {
  const json = FENCED.exec(text)?.[1] ?? text;
  if (!/^\s*[[{]/.test(json) || !/[\]}]\s*$/.test(json)) return undefined;
  try {
    return { value: JSON.parse(json) };
  } catch {
    return undefined;
  }
}

/** What the page has of an output. */
interface ShownOutput {
  readonly log: ChunkLog;
  peek(chunk: number): { readonly text: string } | undefined;
}

/** The text of an output that is nothing but text, as far as the page has it; undefined when it is long or mixed. */
export function onlyText(output: ShownOutput): string | undefined {
  const { log } = output;
  let text = '';
  for (let chunk = log.first; chunk < log.end; chunk += 1) {
    const kept = log.kind(chunk) === 'text' ? output.peek(chunk) : undefined;
    if (kept === undefined || text.length + kept.text.length > LIMIT) return undefined;
    text += kept.text;
  }
  return text;
}
