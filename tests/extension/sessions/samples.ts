import type {
  SessionCheckpoint,
  SessionDetails,
  SessionGraph,
  SessionSummary,
} from '../../../extension/src/server/protocol.generated';
import type { SessionContent } from '../../../extension/src/sessions/messages';

export const CONFIG = 'file:///p/runagent.config.json';
export const STARTED = Date.UTC(2026, 0, 2, 3, 4, 5);

export const summary: SessionSummary = {
  session: 'quiet-river-7f3a',
  agent: 'helper',
  input: 'How many bottles of tea fit into the blue box?',
  state: 'interrupted',
  reason: null,
  steps: 3,
  entityCount: 3,
  startedAt: STARTED,
  lastAt: STARTED + 4000,
  forkedFrom: null,
  store: 'file',
};

export const checkpoints: SessionCheckpoint[] = [
  {
    step: 1,
    at: STARTED + 1000,
    thought: 'I need the size of the box first.',
    tools: [{ tool: 'look_up', ok: true, error: null }],
    inputTokens: 130,
    outputTokens: 24,
    elapsedMs: 1200,
  },
  {
    step: 2,
    at: STARTED + 2000,
    thought: 'Now how large a bottle is.',
    tools: [
      { tool: 'mesure', ok: false, error: 'not_found' },
      { tool: 'measure', ok: true, error: null },
    ],
    inputTokens: 182,
    outputTokens: 31,
    elapsedMs: 800,
  },
  {
    step: 3,
    at: STARTED + 4000,
    thought: '',
    tools: [{ tool: null, ok: false, error: 'malformed' }],
    inputTokens: 0,
    outputTokens: 0,
    elapsedMs: 15,
  },
];

export const graph: SessionGraph = {
  entities: [
    { id: 'blue box', kind: 'thing', properties: { width: 40, note: 'in the cellar' } },
    { id: 'bottle', kind: 'thing', properties: {} },
    { id: 'tea', kind: 'drink', properties: { tags: ['green', 'hot'] } },
  ],
  relations: [
    { source: 'blue box', target: 'bottle', kind: 'holds', properties: { count: 6 } },
    { source: 'bottle', target: 'tea', kind: 'is full of', properties: {} },
    { source: 'tea', target: 'bottle', kind: 'is in', properties: {} },
  ],
  isCut: false,
};

export const details: SessionDetails = {
  session: summary,
  step: 3,
  checkpoints,
  checkpointsCut: false,
  working: [
    { key: 'goal', value: 'count bottles' },
    { key: 'box', value: '40 cm wide' },
  ],
  episodic: [
    {
      id: 'e1',
      text: 'Somebody asked for the red box.',
      importance: 0.756,
      recalls: 2,
      createdAt: STARTED - 86_400_000,
      lastAt: null,
    },
  ],
  semantic: [{ key: 'bottle', text: 'A bottle is 8 cm wide.', tags: ['size', 'bottle'] }],
  memoryCut: false,
  graph,
  answer: null,
  problems: [],
};

export const content: SessionContent = {
  configUri: CONFIG,
  session: summary.session,
  step: null,
  details,
  problem: null,
  noResume: null,
};

/** A graph in which everybody knows somebody, and some know many. */
export function crowd(count: number): SessionGraph {
  const entities = Array.from({ length: count }, (_none, place) => ({
    id: `person ${place}`,
    kind: ['person', 'friend', 'neighbour'][place % 3] ?? '',
    properties: {},
  }));
  const relations = entities.slice(1).map(({ id }, place) => ({
    source: id,
    target: `person ${Math.floor(place / 4)}`,
    kind: 'knows',
    properties: {},
  }));
  return { entities, relations, isCut: false };
}
