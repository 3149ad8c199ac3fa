import type { AgentTemplate, Candidate } from '../server/protocol.generated';
import type { Translate } from '../translate';

/** Where a new agent's files go: into the folder that was chosen, or into a new one in it. */
export type Place = 'here' | 'below';

/** An empty folder becomes the agent itself; what editors and git keep there does not count. */
export function placeIn(names: readonly string[]): Place {
  return names.every((name) => name.startsWith('.')) ? 'here' : 'below';
}

/** Why an agent cannot be called so; undefined when it can. Its name is also that of its folder `below`. */
export function nameProblem(
  name: string,
  place: Place,
  taken: readonly string[],
  translate: Translate,
): string | undefined {
  if (name.trim() === '') return translate('An agent needs a name.');
  if (place === 'here') return undefined;
  const folder = name.trim();
  if (taken.some((it) => it.toLowerCase() === folder.toLowerCase())) {
    return translate('{0} is there already.', folder);
  }
  const forbidden = /[\\/:*?"<>|\p{Cc}]/u.exec(folder)?.[0];
  if (forbidden !== undefined || folder.startsWith('.') || folder.endsWith('.')) {
    return translate('A folder cannot be called {0}: use letters, digits, - and _.', folder);
  }
  return undefined;
}

/** `my-agent`, with a number when that is there. */
export function freeName(taken: readonly string[]): string {
  const names = new Set(taken.map((name) => name.toLowerCase()));
  for (let number = 1; ; number++) {
    const name = number === 1 ? 'my-agent' : `my-agent-${number}`;
    if (!names.has(name)) return name;
  }
}

export interface TemplateRow {
  readonly label: string;
  readonly detail: string;
  readonly template: AgentTemplate;
}

export function templateRows(translate: Translate): TemplateRow[] {
  return [
    {
      label: translate('Answers'),
      detail: translate('One function that answers, one that streams its answer word by word.'),
      template: 'basic',
    },
    {
      label: translate('Conversation'),
      detail: translate('An object that remembers what each visitor has said.'),
      template: 'conversation',
    },
    {
      label: translate('Steps'),
      detail: translate('Thinks, uses tools and remembers: watch each step, and go on from any of them.'),
      template: 'react',
    },
  ];
}

export interface CandidateRow {
  readonly label: string;
  readonly description: string;
  readonly detail: string;
  readonly picked: boolean;
  readonly candidate: Candidate;
}

export function candidateRows(candidates: readonly Candidate[], translate: Translate): CandidateRow[] {
  return candidates.map((candidate) => ({
    label: `${candidate.module}${candidate.signature}`,
    description: candidate.file,
    detail: [translate('as {0}', candidate.tag), candidate.documentation].filter(Boolean).join(' · '),
    picked: candidate.suggested,
    candidate,
  }));
}
