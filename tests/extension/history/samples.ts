import type { HistoryRun, HistorySummary, Target } from '../../../extension/src/server/protocol.generated';

export const target: Target = {
  host: '127.0.0.1',
  port: 8450,
  agentId: 'a',
  source: 'registry',
  leavesMachine: false,
  cloud: false,
  address: '127.0.0.1:8450',
  copiesToCloud: null,
};

export function summary(more: Partial<HistorySummary> = {}): HistorySummary {
  return {
    historyId: 'h1',
    runId: 'r1',
    kind: 'run',
    tag: 'greet',
    state: 'completed',
    startedAt: Date.UTC(2026, 0, 2, 12, 30, 0) / 1000,
    elapsedMs: 850,
    chunks: 0,
    attempts: 1,
    configUri: 'file:///p/runagent.config.json',
    agentId: 'a',
    target,
    gitCommit: 'c0ffee',
    pinned: false,
    inputs: '{"name": "Ada"}',
    problem: null,
    ...more,
  };
}

export function storedRun(more: Partial<HistoryRun> = {}): HistoryRun {
  return {
    summary: summary(),
    args: [],
    kwargs: { name: 'Ada' },
    inputsCut: false,
    droppedChunks: 0,
    redacted: false,
    items: [],
    next: null,
    ...more,
  };
}
