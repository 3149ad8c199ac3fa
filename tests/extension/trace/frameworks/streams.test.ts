import { expect, it } from 'vitest';
import { recording } from './recordings';
import { shown, traced } from './shown';

const CREW = [
  'Thought: I look.\nAction: calculate\nAction Input: {"expression": "12*7"}',
  'Thought: And tea?\nAction: fail\nAction Input: {"word": "tea"}',
  'Thought: I know.\nFinal Answer: It is **84**.',
];
const FAILED = "fail{word:tea} ! ValueError('tea')";

const STREAMS: Readonly<Record<string, readonly string[]>> = {
  openai_chat_text: ['step: Grüße, "世界" 🎉 (19+9)'],
  openai_chat_tool_calls: ['step: get_weather{city:Zürich,days:2} ... ; now ...  (82+17)'],
  openai_chat_whole: ['step: get_weather{city:Zürich,days:2} ... ; now ...  (82+17)'],
  openai_responses: [
    'step: I look.; calculate{expression:12*7} ... ; fail{word:tea} ...  (100+10)',
    'step: It is **84**. (100+10)',
  ],
  openai_agents: [
    'helper: I look.; calculate{expression:12*7} = 84; fail{word:tea} = An error occurred while  (100+10)',
    'helper: It is **84**. (100+10)',
  ],
  openai_agents_items: [
    'helper: I look.; calculate{expression:12*7} = 84; fail{word:tea} = An error occurred while ',
    'helper: It is **84**.',
  ],
  anthropic_text: ['step: Grüße, "世界" 🎉 (1125+15)'],
  anthropic_thinking: ['step: 1071 = 2 * 462 + 147\n\nIt is 21. (30+40)'],
  anthropic_tool_use: ['step: Let me look.; get_weather{city:Zürich,days:2} ... ; now ...  (472+89)'],
  anthropic_tool_use_helper: ['step: Let me look.; get_weather{city:Zürich,days:2} ... ; now ...  (472+89)'],
  llama_index: [
    'helper: I look.; calculate{expression:12*7} = 84; fail{word:tea} ! tea',
    'helper: It is **84**.',
  ],
  autogen: [
    'helper: I look.; calculate{expression:12*7} = 84; fail{word:tea} ! tea (100+10)',
    'helper: It is **84**. (25+3)',
  ],
  autogen_pieces: [
    'helper: I look.; calculate{expression:12*7} = 84; fail{word:tea} ! tea (100+10)',
    'helper: It is **84**. (25+3)',
  ],
  autogen_team: [
    'helper: I look.; calculate{expression:12*7} = 84; fail{word:tea} ! tea (100+10)',
    'helper: It is **84**. (25+3)',
  ],
  ag_ui: ['plan: Hm.\n\nI look.; calculate{expression:12*7} = 84', 'answer: It is **84**.'],
  ag_ui_encoded: ['plan: Hm.\n\nI look.; calculate{expression:12*7} = 84', 'answer: It is **84**.'],
  ag_ui_failed: ['step: search{} ... ', 'end: failed No such tool'],
  agno: [
    'helper: I look.; calculate{expression:12*7} = 84; fail{word:tea} ! tea (100+10)',
    'helper: It is **84**. (100+10)',
  ],
  agno_content: ['helper: I look.It is **84**.'],
  crewai: [`helper: ${CREW.join('')}`],
  crewai_frames: [
    `helper: ${CREW[0]}; calculate{expression:12*7} = 84 (100+10)`,
    `helper: ${CREW[1]}; ${FAILED}; ${FAILED}; ${FAILED} (100+10)`,
    `helper: ${CREW[2]} (100+10)`,
  ],
  anthropic_whole: ['step: Let me look.; get_weather{city:Zürich,days:2} ... ; now{} ...  (472+89)'],
};

it('the result of a task of AutoGen is read as the messages in it', () => {
  expect(shown(traced(recording('autogen').slice(-1)))).toEqual(STREAMS['autogen']);
});

it.each(Object.entries(STREAMS))('the trace of %s tells what was done', (name, entries) => {
  expect(shown(traced(recording(name)))).toEqual(entries);
});
