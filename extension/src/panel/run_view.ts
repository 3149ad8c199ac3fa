import type { OutputAnswer, OutputRequest } from '../output/messages';
import type { Inputs } from '../runs/inputs';
import type { Run, RunOptions } from '../runs/run';
import { optionsOf, withOptionsOf, withPageOptions } from '../runs/run_options';
import type { RunEvent } from '../runs/view_model';
import type { EntrypointInfo } from '../server/protocol.generated';
import { withoutSession } from '../sessions/resume';
import { FormInputs } from './form_inputs';
import {
  type HostMessage,
  type OfferedCase,
  type PageCommand,
  type PageContent,
  readPageMessage,
  type SessionRequest,
  type Words,
} from './messages';
import type { NextTarget } from './next_target';
import {
  type BareEntrypoint,
  type Entrypoint,
  entrypointOf,
  type Opening,
  type Preparation,
} from './opening';
import type { PageState } from './page_state';

/** What the page asks for. */
export interface RunViewListener {
  run(view: RunView, inputs: Inputs): void;
  command(command: PageCommand, view: RunView): void;
  useCase(uri: string | null, view: RunView): void;
  openFrame(index: number, run: Run): void;
  session(request: SessionRequest, view: RunView): void;
  /** What the output on the page asks for; answers go back to it. */
  output(request: OutputRequest, run: Run, answer: (answer: OutputAnswer) => void): void;
}

export interface RunViewWays {
  readonly listener: RunViewListener;
  readonly words: () => Words;
  /** Whether a question waits for its answer, which a page that takes the keyboard would close. */
  isAsking(): boolean;
  post(message: HostMessage): void;
}

/** What one panel shows, and the conversation with its page, which comes and goes with the panel's visibility. */
export class RunView {
  #entrypoint: BareEntrypoint;
  #options: RunOptions = {};
  #info: EntrypointInfo | null = null;
  #problem: string | null = null;
  readonly #inputs = new FormInputs();
  #prepare: Preparation | undefined;
  #run: Run | undefined;
  #target: NextTarget | null = null;
  #cases: readonly OfferedCase[] = [];
  #caseUri: string | null = null;
  #caseInputs: Inputs | null = null;
  #pageIsReady = false;
  #takesKeyboard = false;

  constructor(
    entrypoint: Entrypoint,
    private readonly ways: RunViewWays,
  ) {
    this.#entrypoint = entrypointOf(entrypoint);
    this.#options = optionsOf(entrypoint);
  }

  get entrypoint(): Entrypoint {
    return { ...this.#entrypoint, ...this.#options };
  }

  get options(): RunOptions {
    return this.#options;
  }

  get run(): Run | undefined {
    return this.#run;
  }

  /** The form as it stands, also what the user has not sent yet. */
  get inputs(): Inputs {
    return this.#inputs.value;
  }

  get prepare(): Preparation | undefined {
    return this.#prepare;
  }

  /** The signature, once it is known. */
  get info(): EntrypointInfo | null {
    return this.#info;
  }

  get cases(): readonly OfferedCase[] {
    return this.#cases;
  }

  get caseUri(): string | null {
    return this.#caseUri;
  }

  /** Shows the form and puts the keyboard into it. What is typed meanwhile stays where no other inputs come. */
  open({ entrypoint, info, inputs, prepare }: Opening): void {
    this.#entrypoint = entrypointOf(entrypoint);
    this.#options = withOptionsOf(entrypoint, this.#options);
    this.#prepare = prepare;
    this.describedBy(info);
    if (inputs === this.#inputs.value) this.#update('kind', 'action', 'options');
    else {
      this.#caseUri = null;
      this.#inputs.put(inputs);
      this.#showAll();
    }
    this.focusForm();
  }

  /** Shows a run with its inputs. A form that they come from is left as it is, also when it was edited since. */
  show(run: Run): void {
    const { inputs } = run.request;
    // What goes on with a session once is not what the next run is to begin with.
    const isOnce = run.request.resumes === true && this.#info !== null;
    const isFromForm = isOnce || this.#inputs.gave(inputs);
    this.#entrypoint = entrypointOf(run.request);
    this.#options = optionsOf(run.request);
    this.#prepare = undefined;
    if (this.#run !== run) this.#run?.gate.viewIsLive(false);
    this.#run = run;
    if (isFromForm) this.#update('run', 'historyId', 'session', 'action', 'kind');
    else {
      this.#caseUri = null;
      this.#inputs.put(run.request.resumes === true ? withoutSession(inputs) : inputs);
      this.#showAll();
    }
    if (this.#pageIsReady) run.gate.viewIsLive(true);
  }

  /** Begins as the page was when the window was closed. */
  restore({ inputs, options, caseUri }: PageState): void {
    this.#inputs.put(inputs);
    this.#options = options;
    this.#caseUri = caseUri;
  }

  /** Shows a run of the past; the form stays as it is. */
  showPast(run: Run): void {
    if (this.#run !== undefined) return;
    this.#run = run;
    this.#update('run', 'historyId', 'session');
  }

  /** More is known of the session of the run. */
  sessionChanged(): void {
    this.#update('session');
  }

  describedBy(info: EntrypointInfo): void {
    if (this.#problem === null && JSON.stringify(info) === JSON.stringify(this.#info)) return;
    this.#info = info;
    this.#problem = null;
    this.#update('info', 'problem');
  }

  /** Says why there is no form. */
  cannotDescribe(problem: string): void {
    if (this.#info !== null) return;
    this.#problem = problem;
    this.#update('problem');
  }

  choose(options: RunOptions): void {
    this.#options = options;
    this.#update('options');
  }

  goesTo(target: NextTarget): void {
    this.#target = target;
    this.#update('target');
  }

  offer(cases: readonly OfferedCase[]): void {
    this.#cases = cases;
    if (this.#caseUri !== null && !cases.some(({ uri }) => uri === this.#caseUri)) this.#caseUri = null;
    this.#update('cases', 'caseUri');
  }

  /** Puts the inputs of a case into the form. */
  use(caseUri: string, inputs: Inputs, options: RunOptions): void {
    this.#inputs.put(inputs);
    this.#options = { ...this.#options, ...options };
    this.#update('inputs', 'inputsAt', 'options');
    this.isCase(caseUri, inputs);
  }

  /** Says which case the form is about, if any, and what is saved in it; the form stays as it is. */
  isCase(caseUri: string | null, caseInputs: Inputs | null): void {
    this.#caseUri = caseUri;
    this.#caseInputs = caseInputs;
    this.#update('caseUri', 'caseInputs');
  }

  changed(event: RunEvent): void {
    if (this.#pageIsReady && this.#run !== undefined) {
      this.ways.post({ type: 'event', runId: this.#run.id, event });
    }
  }

  focusForm(): void {
    this.#takesKeyboard = !this.#pageIsReady;
    if (this.#pageIsReady && !this.ways.isAsking()) this.ways.post({ type: 'focus' });
  }

  /** Starts a run with the form as it stands on the page. */
  start(): void {
    if (this.#pageIsReady) this.ways.post({ type: 'start' });
  }

  received(data: unknown): void {
    const message = readPageMessage(data);
    const { listener } = this.ways;
    switch (message?.type) {
      case 'ready':
        this.#pageIsReady = true;
        this.#showAll();
        if (this.#takesKeyboard) this.focusForm();
        break;
      case 'outputRequest':
        this.#forward(message.request);
        break;
      case 'inputs':
        this.#inputs.typed(message.inputs, message.inputsAt);
        break;
      case 'run':
        this.#inputs.sent(message.inputs, message.inputsAt);
        listener.run(this, message.inputs);
        break;
      case 'options':
        this.#options = withPageOptions(this.#options, message.options);
        break;
      case 'useCase':
        listener.useCase(message.uri, this);
        break;
      case 'command':
        listener.command(message.command, this);
        break;
      case 'showSession':
      case 'resumeSession':
        listener.session(message, this);
        break;
      case 'openFrame':
        if (this.#run !== undefined) listener.openFrame(message.index, this.#run);
        break;
    }
  }

  /** A hidden page is thrown away by VS Code; it says that it is ready when it is made anew. */
  pageIsGone(): void {
    this.#pageIsReady = false;
    this.#run?.gate.viewIsLive(false);
  }

  #forward(request: OutputRequest): void {
    if (this.#run === undefined) return;
    this.ways.listener.output(request, this.#run, (answer) => {
      if (this.#pageIsReady) this.ways.post({ type: 'outputAnswer', answer });
    });
  }

  #showAll(): void {
    if (!this.#pageIsReady) return;
    this.ways.post({ type: 'show', content: this.#content(), words: this.ways.words() });
    this.#run?.gate.viewIsLive(true);
  }

  #update(...keys: (keyof PageContent)[]): void {
    if (!this.#pageIsReady) return;
    const content = this.#content();
    this.ways.post({ type: 'update', changes: Object.fromEntries(keys.map((key) => [key, content[key]])) });
  }

  #content(): PageContent {
    const run = this.#run;
    return {
      ...this.#entrypoint,
      action: this.#prepare === undefined ? this.#entrypoint.kind : 'debug',
      info: this.#info,
      problem: this.#problem,
      inputs: this.#inputs.value,
      inputsAt: this.#inputs.at,
      options: this.#options,
      target: this.#target,
      cases: this.#cases,
      caseUri: this.#caseUri,
      caseInputs: this.#caseInputs,
      run: run === undefined ? null : { model: run.model, elapsedMs: run.elapsedMs, output: run.outputStart },
      historyId: run?.historyId ?? null,
      session: run?.session ?? null,
    };
  }
}
