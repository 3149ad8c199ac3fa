import type { OutputWords } from '../output/words';
import type { Inputs } from '../runs/inputs';
import type { RunEvent, RunKind, RunPhase, RunViewModel } from '../runs/view_model';
import type { EntrypointInfo, Target } from '../server/protocol.generated';
import type { ErrorWords } from './webview/error/words';

/** Words that the browser side shows; translated on the host side, where `vscode.l10n` is. */
export interface Words {
  readonly page: PageWords;
  readonly target: TargetWords;
  readonly error: ErrorWords;
  readonly output: OutputWords;
}

export interface PageWords {
  readonly phases: Readonly<Record<RunPhase, string>>;
  readonly actions: Readonly<Record<RunAction, string>>;
  readonly inputs: string;
  /** Of an entrypoint that has not run yet. */
  readonly notRun: string;
  readonly loading: string;
  readonly cancel: string;
  readonly attempts: string;
}

/** Where a run goes and what leaves the machine. */
export interface TargetWords {
  /** `{0}` is an address. */
  readonly ranOn: string;
  readonly ranInCloud: string;
  readonly onThisMachine: string;
  readonly leftTheMachine: string;
  readonly copiesToCloud: string;
  readonly sources: Readonly<Record<Target['source'], string>>;
}

/** What the button that starts a run is for. */
export type RunAction = RunKind | 'debug';

/** A run as the page shows it. */
export interface ShownRun {
  readonly model: RunViewModel;
  /** Milliseconds since the run was asked for. */
  readonly elapsedMs: number;
}

/** Everything on the page of one entrypoint. */
export interface PageContent {
  readonly tag: string;
  readonly project: string;
  readonly action: RunAction;
  /** Null while it is not known yet. */
  readonly info: EntrypointInfo | null;
  readonly inputs: Inputs;
  readonly run: ShownRun | null;
}

/** From the extension to the page. */
export type HostMessage =
  /** Replaces whatever is on the page. */
  | {
      readonly type: 'show';
      readonly content: PageContent;
      readonly words: Words;
      /** Whether the keyboard goes into the first field. */
      readonly focus: boolean;
    }
  | { readonly type: 'run'; readonly run: ShownRun }
  | { readonly type: 'focusForm' }
  | { readonly type: 'event'; readonly runId: string; readonly event: RunEvent };

/** What the buttons of the page ask for. */
export const PAGE_COMMANDS = ['cancel', 'openDocument', 'errorAction', 'debug', 'copyError'] as const;
export type PageCommand = (typeof PAGE_COMMANDS)[number];

/** From the page to the extension. */
export type PageMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'drawn'; readonly runId: string; readonly seq: number }
  | { readonly type: 'command'; readonly command: PageCommand }
  /** The form has changed. */
  | { readonly type: 'inputs'; readonly inputs: Inputs }
  | { readonly type: 'run'; readonly inputs: Inputs }
  /** Open the file of a frame of the error's traceback, by its place in the list. */
  | { readonly type: 'openFrame'; readonly index: number };

/** The message, if it is one; a page that shows hostile output is not trusted to send what it should. */
export function readPageMessage(data: unknown): PageMessage | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  const { type, runId, seq, command, index, inputs } = data as Record<string, unknown>;
  switch (type) {
    case 'ready':
      return { type };
    case 'drawn':
      return typeof runId === 'string' && Number.isSafeInteger(seq)
        ? { type, runId, seq: seq as number }
        : undefined;
    case 'openFrame':
      return Number.isSafeInteger(index) ? { type, index: index as number } : undefined;
    case 'inputs':
    case 'run':
      return isInputs(inputs) ? { type, inputs } : undefined;
    case 'command': {
      const known = PAGE_COMMANDS.find((name) => name === command);
      return known === undefined ? undefined : { type, command: known };
    }
    default:
      return undefined;
  }
}

function isInputs(value: unknown): value is Inputs {
  if (typeof value !== 'object' || value === null) return false;
  const { args, kwargs } = value as Partial<Inputs>;
  return Array.isArray(args) && typeof kwargs === 'object' && kwargs !== null && !Array.isArray(kwargs);
}
