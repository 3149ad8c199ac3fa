import { describe, expect, it } from 'vitest';
import { recording } from './recordings';
import { shown, traced } from './shown';

const STEPS = [
  'model: I look.; calculate{expression:12*7} = 84; look_up{word:tea} = { word : tea , tags : [  (100+10)',
  'model: search{for:x} ! Error: search is not a v',
  'model: It is **84**. (100+10)',
];
const NAMELESS = STEPS.map((step) => step.replace(/^model/, 'step'));

describe('the trace of what LangGraph streams', () => {
  it.each(['updates', 'subgraphs', 'debug', 'messages', 'modes', 'events'])(
    'has each message once, with the node that it is of: %s',
    (mode) => {
      expect(shown(traced(recording(`langgraph_${mode}`)))).toEqual(STEPS);
    },
  );

  it.each(['values', 'result'])('has each message once where nobody says of which node it is: %s', (mode) => {
    expect(shown(traced(recording(`langgraph_${mode}`)))).toEqual(NAMELESS);
  });

  it('has what a model alone writes', () => {
    const [step] = shown(traced(recording('langchain_chunks')));
    expect(step).toBe('step: I look.; calculate{expression:12*7} ... ; look_up{word:tea} ...  (100+10)');
  });

  it('leaves out what was said before the question', () => {
    const [result] = recording('langgraph_result') as [{ messages: Record<string, unknown>[] }];
    const asked = { ...result.messages[0], id: 'again', content: 'And now?' };
    const answer = { ...result.messages.at(-1), id: 'new', content: '85' };
    const pieces = [...result.messages, asked];
    const output = traced([{ messages: pieces }, { messages: [...pieces, answer] }]);
    expect(shown(output)).toEqual(['step: 85 (100+10)']);
  });
});
