import type { Project } from '../server/protocol.generated';
import type { Translate } from '../translate';
import { type Inputs, isInputs } from './inputs';
import type { RunKind } from './view_model';

/** An entrypoint of a config, as lenses name it in their argument. */
export interface EntrypointReference {
  readonly configUri: string;
  readonly tag: string;
}

export interface EntrypointChoice extends EntrypointReference {
  readonly project: string;
  readonly streams: boolean;
}

/** The argument of a lens or key binding, if it is one. */
export function readReference(argument: unknown): EntrypointReference | undefined {
  if (typeof argument !== 'object' || argument === null) return undefined;
  const { configUri, tag } = argument as Record<string, unknown>;
  return typeof configUri === 'string' && typeof tag === 'string' ? { configUri, tag } : undefined;
}

/** The inputs beside the reference: those of a run that is to be repeated in another way. */
export function readInputs(argument: unknown): Inputs | undefined {
  if (typeof argument !== 'object' || argument === null) return undefined;
  const { inputs } = argument as { readonly inputs?: unknown };
  return isInputs(inputs) ? { args: inputs.args, kwargs: inputs.kwargs } : undefined;
}

/** Which entrypoints come into question; all of them where nothing is said. */
export interface WantedEntrypoint {
  readonly kind?: RunKind;
  /** A configuration or a file of an agent: only that agent's entrypoints, if it has any. */
  readonly fileUri?: string;
}

/** The entrypoints that fit. */
export function choicesFor(projects: readonly Project[], wanted: WantedEntrypoint = {}): EntrypointChoice[] {
  const { kind, fileUri } = wanted;
  const fitting = entrypointChoices(projects, kind);
  const owner = fileUri === undefined ? undefined : projectOf(projects, fileUri);
  const own = fitting.filter(({ configUri }) => configUri === owner?.configUri);
  return own.length > 0 ? own : fitting;
}

/** The innermost project that a file belongs to. */
export function projectOf(projects: readonly Project[], fileUri: string): Project | undefined {
  const around = projects.filter(
    ({ configUri, rootUri }) => configUri === fileUri || fileUri.startsWith(`${rootUri.replace(/\/$/, '')}/`),
  );
  return around.sort((left, right) => right.rootUri.length - left.rootUri.length)[0];
}

function entrypointChoices(projects: readonly Project[], kind?: RunKind): EntrypointChoice[] {
  const all = projects.flatMap(({ configUri, name, entrypoints }) =>
    entrypoints.map(({ tag, streams }) => ({ configUri, tag, project: name, streams })),
  );
  return kind === undefined ? all : all.filter(({ streams }) => streams === (kind === 'stream'));
}

/** Why there is nothing to choose from, and what would help. */
export function nothingToChoose(
  projects: readonly Project[],
  kind: RunKind | undefined,
  t: Translate,
): string {
  if (projects.length === 0) {
    return t('There is no agent in this workspace: open a folder that holds a runagent.config.json.');
  }
  if (entrypointChoices(projects).length === 0) {
    return t(
      'The agents of this workspace have no entrypoints yet: add one to agent_architecture.entrypoints.',
    );
  }
  return kind === 'stream'
    ? t(
        'No entrypoint can stream: only tags that end in "_stream" can. Use "RunAgent: Run Entrypoint" instead.',
      )
    : t(
        'All entrypoints stream, since their tags end in "_stream". Use "RunAgent: Stream Entrypoint" instead.',
      );
}
