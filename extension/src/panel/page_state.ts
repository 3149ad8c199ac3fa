import { withoutSecretFields } from '../form/secret_fields';
import { OUTPUT_VIEWS, type OutputView } from '../output/words';
import { type Inputs, isInputs, NO_INPUTS } from '../runs/inputs';
import type { RunOptions } from '../runs/run';
import { readOptions } from '../runs/run_options';
import type { RunKind } from '../runs/view_model';
import type { PageContent } from './messages';

/** What VS Code keeps of a page while the window is closed: enough to show it again, and no secrets. */
export interface PageState {
  readonly configUri: string;
  readonly tag: string;
  readonly project: string;
  readonly kind: RunKind;
  readonly inputs: Inputs;
  readonly options: RunOptions;
  /** Of the run that was shown, if the history has it. */
  readonly historyId: string | null;
  readonly caseUri: string | null;
  /** How the user wants to look at the output; null: as it suits the output. */
  readonly view: OutputView | null;
}

/** The state of a page as it stands. */
export function pageState(content: PageContent, inputs: Inputs, view: OutputView | null): PageState {
  const { configUri, tag, project, kind, info, options, historyId, caseUri } = content;
  const kept = withoutSecretFields(info, inputs);
  return { configUri, tag, project, kind, options, historyId, caseUri, view, inputs: kept };
}

/** The state, if it is one: it comes from a file of VS Code's and may be of another version. */
export function readPageState(value: unknown): PageState | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { configUri, tag, project, kind, inputs, options, historyId, caseUri, view } = value as Record<
    string,
    unknown
  >;
  if (typeof configUri !== 'string' || typeof tag !== 'string') return undefined;
  return {
    configUri,
    tag,
    project: typeof project === 'string' ? project : '',
    kind: kind === 'stream' ? 'stream' : 'run',
    inputs: isInputs(inputs) ? inputs : NO_INPUTS,
    options: readOptions(options),
    historyId: typeof historyId === 'string' ? historyId : null,
    caseUri: typeof caseUri === 'string' ? caseUri : null,
    view: OUTPUT_VIEWS.find((name) => name === view) ?? null,
  };
}
