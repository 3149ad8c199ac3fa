import type { PageContent } from '../../../extension/src/panel/messages';
import type { EntrypointInfo } from '../../../extension/src/server/protocol.generated';

export const info: EntrypointInfo = {
  tag: 'story_stream',
  kind: 'python',
  streams: true,
  signature: '(topic: str)',
  documentation: null,
  parameters: [
    {
      name: 'topic',
      kind: 'positional_or_keyword',
      required: true,
      annotation: 'str',
      defaultText: null,
      description: null,
      schema: { type: 'string' },
    },
  ],
  inputSchema: {},
};

/** A page whose form is filled in and that has not run yet. */
export const content: PageContent = {
  configUri: 'file:///hello/runagent.config.json',
  tag: 'story_stream',
  project: 'hello',
  kind: 'stream',
  action: 'stream',
  info,
  problem: null,
  inputs: { args: [], kwargs: { topic: 'tea' } },
  inputsAt: 1,
  options: {},
  target: {
    kind: 'local',
    label: 'This machine',
    detail: 'the agent is started when it is needed',
    leaves: false,
  },
  cases: [],
  caseUri: null,
  caseInputs: null,
  run: null,
  historyId: null,
  session: null,
};
