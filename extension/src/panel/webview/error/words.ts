import type { ErrorAction } from '../../../runs/error_buttons';
import type { RunError } from '../../../server/protocol.generated';

/** What `<run-error>` says beside the words of the error itself. */
export interface ErrorWords {
  readonly heading: string;
  /** Instead of `heading` when the inputs were refused before anything was sent. */
  readonly refusedHeading: string;
  readonly kinds: Readonly<Record<NonNullable<RunError['kind']>, string>>;
  readonly traceback: string;
  /** `{0}` is a function of the traceback. */
  readonly inFunction: string;
  /** Of steps through code that is not the project's; `{0}` is their count. */
  readonly outsideSteps: string;
  readonly oneOutsideStep: string;
  /** Of a step that follows itself; `{0}` is how often in all. */
  readonly repeated: string;
  /** What a button beside the error does. */
  readonly actions: Readonly<Record<ErrorAction, string>>;
  /** What this editor has for it beside what the server suggests to everyone. */
  readonly hints: Readonly<Partial<Record<ErrorAction, string>>>;
  readonly debug: string;
  readonly copy: string;
  /** Heading of what the server sent along. */
  readonly details: string;
  /** Shows the rest of a long text; `{0}` is its length in characters. */
  readonly showAll: string;
}
