import type { RunEvent, RunViewModel } from '../runs/view_model';
import type { RunError, Target } from '../server/protocol.generated';

/** Words that the browser side shows; translated on the host side, where `vscode.l10n` is. */
export interface Words extends TargetWords, ErrorWords {
  readonly phases: Readonly<Record<RunViewModel['phase'], string>>;
  readonly kinds: Readonly<Record<RunViewModel['kind'], string>>;
  readonly cancel: string;
  readonly runAgain: string;
  readonly editInputs: string;
  readonly openDocument: string;
  readonly jumpToEnd: string;
  readonly output: string;
  readonly noOutput: string;
  readonly unknownFrame: string;
  readonly onePiece: string;
  readonly pieces: string;
  readonly firstPiece: string;
  readonly attempts: string;
  readonly cutNote: string;
  readonly droppedNote: string;
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

export interface ErrorWords {
  readonly errorHeading: string;
  /** Instead of `errorHeading` when the inputs were refused before anything was sent. */
  readonly refusedHeading: string;
  readonly errorKinds: Readonly<Record<NonNullable<RunError['kind']>, string>>;
  readonly tracebackHeading: string;
  /** `{0}` is a function of the traceback. */
  readonly inFunction: string;
  /** What the button beside an error does, by `RunError.action`. */
  readonly actions: Readonly<Record<string, string>>;
  /** What this editor has for it beside what the server suggests to everyone, by `RunError.action`. */
  readonly hints: Readonly<Record<string, string>>;
}

/** From the extension to the page. `show` replaces whatever is on the page. */
export type HostMessage =
  | {
      readonly type: 'show';
      readonly model: RunViewModel;
      readonly elapsedMs: number;
      readonly words: Words;
    }
  | { readonly type: 'event'; readonly runId: string; readonly event: RunEvent };

/** What the buttons of the page ask for. */
export const PAGE_COMMANDS = ['cancel', 'runAgain', 'editInputs', 'openDocument', 'errorAction'] as const;
export type PageCommand = (typeof PAGE_COMMANDS)[number];

/** From the page to the extension. */
export type PageMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'drawn'; readonly runId: string; readonly seq: number }
  | { readonly type: 'command'; readonly command: PageCommand }
  /** Open the file of a frame of the error's traceback, by its place in the list. */
  | { readonly type: 'openFrame'; readonly index: number };

/** The message, if it is one; a page that shows hostile output is not trusted to send what it should. */
export function readPageMessage(data: unknown): PageMessage | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  const { type, runId, seq, command, index } = data as Record<string, unknown>;
  if (type === 'ready') return { type };
  if (type === 'drawn' && typeof runId === 'string' && Number.isSafeInteger(seq)) {
    return { type, runId, seq: seq as number };
  }
  if (type === 'openFrame' && Number.isSafeInteger(index)) return { type, index: index as number };
  const known = PAGE_COMMANDS.find((name) => name === command);
  return type === 'command' && known !== undefined ? { type, command: known } : undefined;
}
