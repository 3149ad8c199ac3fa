import { fieldsOf, listOf } from './fields';

/** What a model wrote and thought: a text, or a list of blocks of which some have a text, as most providers have it. */
export function writtenText(content: unknown): string {
  if (typeof content === 'string') return content;
  return listOf(content).map(blockText).join('');
}

function blockText(block: unknown): string {
  if (typeof block === 'string') return block;
  const { text, thinking, reasoning } = fieldsOf(block) ?? {};
  return [thinking, reasoning, text].find((each) => typeof each === 'string') ?? '';
}
