import type { CaseSummary, Project } from '../../../extension/src/server/protocol.generated';

export const CONFIG = 'file:///p/hello%20agent/runagent.config.json';

export function caseOf(tag: string, name: string, more: Partial<CaseSummary> = {}): CaseSummary {
  return {
    configUri: CONFIG,
    tag,
    name,
    uri: `file:///p/hello%20agent/.runagent/cases/${tag}/${name}.json`,
    description: null,
    expectations: 1,
    problem: null,
    ...more,
  };
}

export function project(more: Partial<Project> = {}): Project {
  return {
    configUri: CONFIG,
    rootUri: 'file:///p/hello%20agent',
    name: 'hello-agent',
    agentId: 'a',
    framework: 'default',
    entrypoints: [
      { tag: 'greet', kind: 'python', streams: false },
      { tag: 'count_stream', kind: 'python', streams: true },
    ],
    ...more,
  };
}
