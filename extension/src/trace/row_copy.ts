import type { CallPart, Entry, Observation, Part } from './entries';
import type { KeptValue } from './kept_value';
import type { RowContent } from './row_content';

/** What a row is, as text for the clipboard: a text as it is, values as JSON. */
export function rowCopy(content: RowContent): string {
  switch (content.kind) {
    case 'entry':
      return entryCopy(content.entry);
    case 'part':
      return partCopy(content.part);
    case 'memory':
      return content.memory.text;
    case 'value':
      return valueCopy(content.value);
    case 'removed':
      return content.key;
    case 'json':
      return typeof content.value === 'string' ? content.value : pretty(content.value);
  }
}

function entryCopy(entry: Entry): string {
  switch (entry.kind) {
    case 'answer':
      return valueCopy(entry.text);
    case 'session':
      return entry.input === null ? entry.session : valueCopy(entry.input);
    case 'end':
      return entry.error === null ? entry.reason : valueCopy(entry.error);
    case 'step':
      return entry.parts.map(partCopy).filter(Boolean).join('\n');
  }
}

function partCopy(part: Part): string {
  switch (part.kind) {
    case 'thought':
      return valueCopy(part.text);
    case 'call':
      return pretty(callValue(part));
    case 'observation':
      return valueCopy(part.observation.content);
    case 'recalled':
      return part.memories.map(({ text }) => text).join('\n');
    case 'stored':
      return part.memory.text;
    case 'warning':
      return part.text;
    case 'working':
      return valueCopy(part.set);
    case 'graph':
    case 'checkpoint':
      return '';
  }
}

function callValue({ tool, arguments: given, observation }: CallPart) {
  return {
    tool,
    arguments: plain(given),
    ...(observation === null ? {} : resultOf(observation)),
  };
}

function resultOf({ isOk, content, error }: Observation) {
  return isOk ? { result: plain(content) } : { error: error ?? '', message: plain(content) };
}

function plain(value: KeptValue): unknown {
  return value.parts ?? value.text ?? value.brief;
}

function valueCopy(value: KeptValue): string {
  return value.isJson && value.parts !== undefined ? pretty(value.parts) : (value.text ?? value.brief);
}

function pretty(value: unknown): string {
  return JSON.stringify(value, undefined, 2);
}
