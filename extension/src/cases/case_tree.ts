import type { CaseSummary, Project } from '../server/protocol.generated';

/** A row of the test explorer, as plain data. */
export interface TestNode {
  /** Stays the same as long as the thing does, so that its results stay with it. */
  readonly id: string;
  readonly kind: 'agent' | 'entrypoint' | 'case';
  readonly label: string;
  readonly description?: string;
  /** The file that "Go to Test" opens. */
  readonly uri: string;
  /** Why this cannot be run, in words. */
  readonly problem?: string;
  /** What `@runagent:…` in the filter finds. */
  readonly tags: readonly string[];
  readonly children: readonly TestNode[];
}

/** Agents with their entrypoints with their saved cases; only those that have cases. */
export function testTree(projects: readonly Project[], cases: readonly CaseSummary[]): TestNode[] {
  const byConfig = groupBy(cases, ({ configUri }) => configUri);
  const agents = [...byConfig].map(([configUri, own]) => {
    const project = projects.find((candidate) => candidate.configUri === configUri);
    return agentNode(configUri, project, own);
  });
  return inOrder(agents);
}

function agentNode(configUri: string, project: Project | undefined, cases: readonly CaseSummary[]): TestNode {
  const entrypoints = [...groupBy(cases, ({ tag }) => tag)].map(([tag, own]) =>
    entrypointNode(configUri, tag, project, own),
  );
  return {
    id: configUri,
    kind: 'agent',
    label: project?.name ?? folderOf(configUri),
    uri: configUri,
    tags: [],
    children: inOrder(entrypoints),
  };
}

function entrypointNode(
  configUri: string,
  tag: string,
  project: Project | undefined,
  cases: readonly CaseSummary[],
): TestNode {
  const entrypoint = project?.entrypoints.find((candidate) => candidate.tag === tag);
  const tags = entrypoint === undefined ? [] : [entrypoint.streams ? 'stream' : 'run'];
  return {
    id: entrypointId(configUri, tag),
    kind: 'entrypoint',
    label: tag,
    uri: configUri,
    tags,
    children: inOrder(cases.map((one) => caseNode(one, tags))),
  };
}

function caseNode({ uri, name, description, problem }: CaseSummary, tags: readonly string[]): TestNode {
  return {
    id: uri,
    kind: 'case',
    label: name,
    ...(description === null ? {} : { description }),
    uri,
    ...(problem === null ? {} : { problem }),
    tags,
    children: [],
  };
}

function entrypointId(configUri: string, tag: string): string {
  return `${configUri}#${tag}`;
}

/** The folder that a configuration is in, for an agent that has no name yet. */
function folderOf(configUri: string): string {
  const folder = configUri.split('/').at(-2) ?? configUri;
  try {
    return decodeURIComponent(folder);
  } catch {
    return folder;
  }
}

function inOrder(nodes: readonly TestNode[]): TestNode[] {
  // Numbers count as numbers: "case 2" stands before "case 10".
  return [...nodes].sort((left, right) => left.label.localeCompare(right.label, 'en', { numeric: true }));
}

function groupBy<T>(values: readonly T[], keyOf: (value: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const key = keyOf(value);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [value]);
    else group.push(value);
  }
  return groups;
}
