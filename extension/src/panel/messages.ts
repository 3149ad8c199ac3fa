import type { FormWords } from '../form/words';
import {
  type OutputAnswer,
  type OutputRequest,
  type OutputStart,
  readOutputRequest,
} from '../output/messages';
import type { OutputWords } from '../output/words';
import { type Inputs, isInputs } from '../runs/inputs';
import type { RunOptions } from '../runs/run';
import { type Limit, readOptions } from '../runs/run_options';
import type { RunEvent, RunKind, RunPhase, RunViewModel } from '../runs/view_model';
import type { EntrypointInfo, Target } from '../server/protocol.generated';
import { isStep } from '../sessions/messages';
import type { RunSession } from '../sessions/run_session';
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
  readonly session: RunSessionWords;
}

/** Of the session that a run has made. */
export interface RunSessionWords {
  readonly interrupted: string;
  /** Of a session that can neither be looked at nor resumed from here. */
  readonly notHere: string;
  /** Of an entrypoint that cannot be told which session to go on with. */
  readonly noResume: string;
  readonly resume: string;
  readonly show: string;
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
  /** Which inputs these are: the page names it with what a person makes of them. */
  readonly inputsAt: number;
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
  /** The session of the agent runtime that the run has made or goes on with. */
  readonly session: RunSession | null;
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

/** What the page asks of a session of the agent runtime. */
export interface SessionRequest {
  readonly type: 'showSession' | 'resumeSession';
  readonly session: string;
  readonly step: number | null;
}

/** From the page to the extension. */
export type PageMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'outputRequest'; readonly request: OutputRequest }
  | { readonly type: 'command'; readonly command: PageCommand }
  /** The form has changed, or a run is wanted with what stands there. */
  | { readonly type: 'inputs' | 'run'; readonly inputs: Inputs; readonly inputsAt: number }
  /** The options have changed; where runs go is not among them. */
  | { readonly type: 'options'; readonly options: RunOptions }
  /** The inputs of a case are to be used; null: those of none. */
  | { readonly type: 'useCase'; readonly uri: string | null }
  /** Shows a session of the agent runtime or goes on with it, after a step if one is named. */
  | SessionRequest
  /** Open the file of a frame of the error's traceback, by its place in the list. */
  | { readonly type: 'openFrame'; readonly index: number };

/** The message, if it is one; a page that shows hostile output is not trusted to send what it should. */
export function readPageMessage(data: unknown): PageMessage | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  const { type, request, command, index, inputs, inputsAt, options, uri, session, step } = data as Record<
    string,
    unknown
  >;
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
      return isInputs(inputs) && isWhole(inputsAt)
        ? { type, inputs: { args: inputs.args, kwargs: inputs.kwargs }, inputsAt }
        : undefined;
    case 'options': {
      const { cloud: _cloud, address: _address, ...others } = readOptions(options);
      return { type, options: others };
    }
    case 'showSession':
    case 'resumeSession':
      return sessionRequest(type, session, step);
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

function sessionRequest(
  type: SessionRequest['type'],
  session: unknown,
  step: unknown,
): SessionRequest | undefined {
  const isKnown = typeof session === 'string' && (step === null || isStep(step));
  return isKnown ? { type, session, step } : undefined;
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}
