/** What a piece of output says about an agent's work, whatever framework it comes from. */
export type TraceEvent =
  /** A session begins or goes on. Only the runtime of this project can be resumed. */
  | {
      readonly kind: 'session';
      readonly id: string;
      readonly agent?: string;
      readonly input?: string;
      readonly model?: string;
      readonly isResumed?: boolean;
      /** The session and its step that this one went on from. */
      readonly forkedFrom?: { readonly session: string; readonly step: number };
      readonly canResume?: boolean;
    }
  /** A step begins, or the last one goes on when it has the same `step`, which counts from 1 when the framework counts. */
  | { readonly kind: 'step'; readonly step?: number; readonly name?: string }
  /** A whole thought, which replaces its pieces. */
  | { readonly kind: 'thought'; readonly text: string; readonly elapsedMs?: number }
  /** A piece of what the model is writing. */
  | { readonly kind: 'text'; readonly text: string }
  /** A tool is called; pieces of arguments that are still JSON text come as `callText`. */
  | { readonly kind: 'call'; readonly id?: string; readonly tool: string; readonly arguments: unknown }
  | { readonly kind: 'callText'; readonly id?: string; readonly tool?: string; readonly text: string }
  | {
      readonly kind: 'observation';
      /** Of the call; without one, of the last that has no observation. */
      readonly id?: string;
      readonly tool?: string;
      readonly isOk: boolean;
      readonly content: unknown;
      /** The framework's word for what went wrong. */
      readonly error?: string;
      readonly elapsedMs?: number;
    }
  | { readonly kind: 'recalled'; readonly memories: readonly RecalledMemory[]; readonly tokens?: number }
  | { readonly kind: 'stored'; readonly memory: RecalledMemory }
  /** Something works less well than it should; `text` for people. */
  | { readonly kind: 'warning'; readonly text: string }
  | {
      readonly kind: 'usage';
      readonly input: number;
      readonly output: number;
      readonly isEstimated?: boolean;
    }
  /** What is always in the prompt has changed; `removed` are keys. */
  | {
      readonly kind: 'working';
      readonly set: Readonly<Record<string, string>>;
      readonly removed: readonly string[];
    }
  | { readonly kind: 'graph'; readonly entities: number; readonly relations: number }
  /** The step can be resumed after. */
  | { readonly kind: 'checkpoint'; readonly step: number }
  | { readonly kind: 'answer'; readonly text: string }
  | { readonly kind: 'end'; readonly reason: string; readonly isFailure: boolean; readonly error?: string };

export interface RecalledMemory {
  readonly id?: string;
  readonly kind?: string;
  readonly text: string;
  readonly score?: number;
}

/** Understands the pieces of one framework. It may remember what it has read of this output. */
export interface TraceReader {
  /** The framework, by its own name. */
  readonly framework: string;
  /** What the piece says; nothing when it is the framework's but says nothing; undefined when it is not its own. */
  read(piece: unknown): readonly TraceEvent[] | undefined;
}
