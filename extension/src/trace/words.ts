import type { ValueName } from './row_content';

/** Words of the trace, translated on the host side; `{0}` and so on are filled in by the page. */
export interface TraceWords {
  /** A step's number. */
  readonly step: string;
  readonly start: string;
  readonly resumed: string;
  /** A session and a step. */
  readonly forkedFrom: string;
  readonly answer: string;
  readonly end: string;
  readonly thought: string;
  readonly writing: string;
  readonly running: string;
  /** Of a call whose end nobody saw. */
  readonly noResult: string;
  readonly noTool: string;
  readonly unreadable: string;
  readonly failed: string;
  /** A count of memories. */
  readonly recalled: string;
  readonly recalledOne: string;
  readonly stored: string;
  readonly warning: string;
  readonly working: string;
  readonly workingRemoved: string;
  /** Entities and relations. */
  readonly graph: string;
  readonly checkpoint: string;
  readonly resume: string;
  readonly showState: string;
  readonly score: string;
  readonly memoryKinds: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<ValueName, string>>;
  readonly reasons: Readonly<Record<string, string>>;
  readonly errors: Readonly<Record<string, string>>;
  readonly expandAll: string;
  readonly collapseAll: string;
  readonly earlierNote: string;
  readonly cutNote: string;
  /** Of the framework whose events they are. */
  readonly readAs: string;
  readonly oneStep: string;
  readonly steps: string;
  readonly oneCall: string;
  readonly calls: string;
  readonly failures: string;
  /** Of a step, in short: into the model and out of it. */
  readonly stepTokens: string;
  /** The same of all steps. */
  readonly tokens: string;
  readonly estimatedTokens: string;
  /** The time of a step in words: all, the model, the tools. */
  readonly took: string;
  readonly tookParts: string;
}
