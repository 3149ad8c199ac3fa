import { type Inputs, NO_INPUTS } from '../runs/inputs';
import type { Run, RunRequest } from '../runs/run';
import type { RunEvent } from '../runs/view_model';
import type { EntrypointInfo } from '../server/protocol.generated';
import { type HostMessage, type PageCommand, readPageMessage, type Words } from './messages';

/** A run that still lacks its inputs. */
export type Entrypoint = Omit<RunRequest, 'inputs'>;

/** What has to be done once the inputs are known and before the run starts; false: the run is not to start. */
export type Preparation = () => Promise<boolean>;

/** What the form of an entrypoint begins with. */
export interface Opening {
  readonly entrypoint: Entrypoint;
  readonly info: EntrypointInfo;
  readonly inputs: Inputs;
  /** The next run is for the debugger, which this attaches. */
  readonly prepare?: Preparation | undefined;
}

/** What the page asks for. */
export interface RunViewListener {
  run(view: RunView, inputs: Inputs): void;
  command(command: PageCommand, view: RunView): void;
  openFrame(index: number, run: Run): void;
}

export interface RunViewWays {
  readonly listener: RunViewListener;
  readonly words: () => Words;
  post(message: HostMessage): void;
}

/** What one panel shows, and the conversation with its page, which comes and goes with the panel's visibility. */
export class RunView {
  #entrypoint: Entrypoint;
  #info: EntrypointInfo | null = null;
  #inputs: Inputs = NO_INPUTS;
  #prepare: Preparation | undefined;
  #run: Run | undefined;
  #pageIsReady = false;
  #focusWhenReady = false;

  constructor(
    entrypoint: Entrypoint,
    private readonly ways: RunViewWays,
  ) {
    this.#entrypoint = entrypoint;
  }

  get entrypoint(): Entrypoint {
    return this.#entrypoint;
  }

  get run(): Run | undefined {
    return this.#run;
  }

  /** The form as it stands, also what the user has not sent yet. */
  get inputs(): Inputs {
    return this.#inputs;
  }

  get prepare(): Preparation | undefined {
    return this.#prepare;
  }

  /** The signature, once it is known. */
  get info(): EntrypointInfo | null {
    return this.#info;
  }

  /** Shows the form and puts the keyboard into it. */
  open({ entrypoint, info, inputs, prepare }: Opening): void {
    this.#entrypoint = entrypoint;
    this.#info = info;
    this.#inputs = inputs;
    this.#prepare = prepare;
    this.#focusWhenReady = true;
    this.#showAll();
  }

  /** Shows a run with its inputs. A form that they come from is left as it is. */
  show(run: Run): void {
    const { inputs, validate: _sentAnyway, ...entrypoint } = run.request;
    const isFromForm = inputs === this.#inputs && this.#prepare === undefined;
    this.#entrypoint = entrypoint;
    this.#prepare = undefined;
    if (this.#run !== run) this.#run?.gate.viewIsLive(false);
    this.#run = run;
    this.#inputs = inputs;
    if (!isFromForm) this.#showAll();
    else if (this.#pageIsReady) {
      this.ways.post({ type: 'run', run: { model: run.model, elapsedMs: run.elapsedMs } });
      run.gate.viewIsLive(true);
    }
  }

  describedBy(info: EntrypointInfo): void {
    this.#info = info;
    this.#showAll();
  }

  changed(event: RunEvent): void {
    if (this.#pageIsReady && this.#run !== undefined) {
      this.ways.post({ type: 'event', runId: this.#run.id, event });
    }
  }

  focusForm(): void {
    this.ways.post({ type: 'focusForm' });
  }

  received(data: unknown): void {
    const message = readPageMessage(data);
    if (message === undefined) return;
    switch (message.type) {
      case 'ready':
        this.#pageIsReady = true;
        this.#showAll();
        break;
      case 'drawn':
        if (message.runId === this.#run?.id) this.#run.gate.drawn(message.seq);
        break;
      case 'inputs':
        this.#inputs = message.inputs;
        break;
      case 'run':
        this.#inputs = message.inputs;
        this.ways.listener.run(this, message.inputs);
        break;
      case 'command':
        this.ways.listener.command(message.command, this);
        break;
      case 'openFrame':
        if (this.#run !== undefined) this.ways.listener.openFrame(message.index, this.#run);
        break;
    }
  }

  /** A hidden page is thrown away by VS Code; it says that it is ready when it is made anew. */
  pageIsGone(): void {
    this.#pageIsReady = false;
    this.#run?.gate.viewIsLive(false);
  }

  #showAll(): void {
    if (!this.#pageIsReady) return;
    const { tag, project, kind } = this.#entrypoint;
    const run = this.#run;
    this.ways.post({
      type: 'show',
      content: {
        tag,
        project,
        action: this.#prepare === undefined ? kind : 'debug',
        info: this.#info,
        inputs: this.#inputs,
        run: run === undefined ? null : { model: run.model, elapsedMs: run.elapsedMs },
      },
      words: this.ways.words(),
      focus: this.#focusWhenReady,
    });
    this.#focusWhenReady = false;
    run?.gate.viewIsLive(true);
  }
}
