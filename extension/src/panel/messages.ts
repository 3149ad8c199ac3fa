import type { FormWords } from '../form/words';
import {
  type OutputAnswer,
  type OutputRequest,
  type OutputStart,
  readOutputRequest,
} from '../output/messages';
import type { OutputWords } from '../output/words';
import type { Inputs } from '../runs/inputs';
import type { RunOptions } from '../runs/run';
import { type Limit, readOptions } from '../runs/run_options';
import type { RunEvent, RunKind, RunPhase, RunViewModel } from '../runs/view_model';
import type { EntrypointInfo, Target } from '../server/protocol.generated';
import type { NextTarget } from './next_target';
import type { ErrorWords } from './webview/error/words';

/** Words that the browser side shows; translated on the host side, where `vscode.l10n` is. */
export interface Words {
  readonly page: PageWords;
  readonly target: TargetWords;
  readonly form: FormWords;
  readonly error: ErrorWords;
  readonly output: OutputWords;
}

export interface PageWords {
  readonly phases: Readonly<Record<RunPhase, string>>;
  readonly actions: Readonly<Record<RunAction, string>>;
  readonly inputs: string;
  readonly result: string;
  readonly loading: string;
  readonly cancel: string;
  readonly attempts: string;
  /** After a cancel: what became of the agent's function. */
  readonly functionStopped: string;
  readonly functionMayGoOn: string;
  /** The keys that run. */
  readonly runHint: string;
  readonly runHintMac: string;
  /** `{0}` is where runs go. */
  readonly changeTarget: string;
  readonly cases: CaseWords;
  readonly options: OptionWords;
}

export interface CaseWords {
  readonly label: string;
  readonly none: string;
  /** `{0}` is the name of a case whose inputs have been changed. */
  readonly changed: string;
  readonly save: string;
  readonly saveAs: string;
  readonly open: string;
  readonly remove: string;
}

export interface OptionWords {
  readonly title: string;
  readonly userId: string;
  readonly userIdHint: string;
  readonly memory: string;
  readonly limits: string;
  readonly limitsHint: string;
  readonly limit: Readonly<Record<Limit, string>>;
  readonly noNumber: string;
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
  readonly output: OutputStart;
}

/** A saved case as the page offers it. */
export interface OfferedCase {
  readonly uri: string;
  readonly name: string;
  /** Why it cannot be used as it is written. */
  readonly problem: string | null;
}

/** Everything on the page of one entrypoint. */
export interface PageContent {
  readonly configUri: string;
  readonly tag: string;
  readonly project: string;
  readonly kind: RunKind;
  readonly action: RunAction;
  /** Null while it is not known yet. */
  readonly info: EntrypointInfo | null;
  /** Why there is no form; null while all is well. */
  readonly problem: string | null;
  readonly inputs: Inputs;
  readonly options: RunOptions;
  readonly target: NextTarget | null;
  readonly cases: readonly OfferedCase[];
  /** The case that the inputs come from. */
  readonly caseUri: string | null;
  /** What is saved in it; null while that is not known. */
  readonly caseInputs: Inputs | null;
  readonly run: ShownRun | null;
  /** Of the run's record in the history. */
  readonly historyId: string | null;
}

/** From the extension to the page. */
export type HostMessage =
  /** Replaces whatever is on the page. */
  | { readonly type: 'show'; readonly content: PageContent; readonly words: Words }
  /** Replaces parts of it. */
  | { readonly type: 'update'; readonly changes: Partial<PageContent> }
  /** Puts the keyboard into the first field. */
  | { readonly type: 'focus' }
  /** Does what the button does that starts a run. */
  | { readonly type: 'start' }
  | { readonly type: 'event'; readonly runId: string; readonly event: RunEvent }
  | { readonly type: 'outputAnswer'; readonly answer: OutputAnswer };

/** What the buttons of the page ask for. */
const PAGE_COMMANDS = [
  'cancel',
  'openDocument',
  'errorAction',
  'debug',
  'copyError',
  'chooseTarget',
  'saveCase',
  'saveCaseAs',
  'openCase',
  'deleteCase',
] as const;
export type PageCommand = (typeof PAGE_COMMANDS)[number];

/** From the page to the extension. */
export type PageMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'outputRequest'; readonly request: OutputRequest }
  | { readonly type: 'command'; readonly command: PageCommand }
  /** The form has changed. */
  | { readonly type: 'inputs'; readonly inputs: Inputs }
  | { readonly type: 'run'; readonly inputs: Inputs }
  /** The options have changed; where runs go is not among them. */
  | { readonly type: 'options'; readonly options: RunOptions }
  /** The inputs of a case are to be used; null: those of none. */
  | { readonly type: 'useCase'; readonly uri: string | null }
  /** Open the file of a frame of the error's traceback, by its place in the list. */
  | { readonly type: 'openFrame'; readonly index: number };

/** The message, if it is one; a page that shows hostile output is not trusted to send what it should. */
export function readPageMessage(data: unknown): PageMessage | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  const { type, request, command, index, inputs, options, uri } = data as Record<string, unknown>;
  switch (type) {
    case 'ready':
      return { type };
    case 'outputRequest': {
      const known = readOutputRequest(request);
      return known === undefined ? undefined : { type, request: known };
    }
    case 'openFrame':
      return isWhole(index) ? { type, index } : undefined;
    case 'inputs':
    case 'run':
      return isInputs(inputs) ? { type, inputs: { args: inputs.args, kwargs: inputs.kwargs } } : undefined;
    case 'options': {
      const { cloud: _cloud, address: _address, ...others } = readOptions(options);
      return { type, options: others };
    }
    case 'useCase':
      return typeof uri === 'string' || uri === null ? { type, uri } : undefined;
    case 'command': {
      const known = PAGE_COMMANDS.find((name) => name === command);
      return known === undefined ? undefined : { type, command: known };
    }
    default:
      return undefined;
  }
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

export function isInputs(value: unknown): value is Inputs {
  if (typeof value !== 'object' || value === null) return false;
  const { args, kwargs } = value as Partial<Inputs>;
  return Array.isArray(args) && typeof kwargs === 'object' && kwargs !== null && !Array.isArray(kwargs);
}
