import type { ProblemCount } from './agents_tree';

/** The part of the editor's diagnostics that is counted. */
export interface FileProblems {
  readonly uri: string;
  /** `severity`: 0 is an error, 1 a warning, as the editor counts. */
  readonly diagnostics: readonly { readonly source?: string; readonly severity: number }[];
}

const SOURCE = 'runagent';

/**
 * Our findings by agent; `roots` are the agents' folders by configuration. A file counts for the innermost agent
 * around it.
 */
export function problemsOf(
  roots: ReadonlyMap<string, string>,
  files: readonly FileProblems[],
): Map<string, ProblemCount> {
  const counts = new Map([...roots.keys()].map((configUri) => [configUri, { errors: 0, warnings: 0 }]));
  for (const { uri, diagnostics } of files) {
    const own = diagnostics.filter(({ source }) => source === SOURCE);
    const count = own.length === 0 ? undefined : counts.get(ownerOf(uri, roots) ?? '');
    if (count === undefined) continue;
    count.errors += own.filter(({ severity }) => severity === 0).length;
    count.warnings += own.filter(({ severity }) => severity === 1).length;
  }
  return counts;
}

function ownerOf(uri: string, roots: ReadonlyMap<string, string>): string | undefined {
  const around = [...roots].filter(([, root]) => uri.startsWith(`${root.replace(/\/$/, '')}/`));
  return around.sort(([, left], [, right]) => right.length - left.length)[0]?.[0];
}
