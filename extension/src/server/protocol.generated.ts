// Generated from schemas/protocol.schema.json by extension/protocol-types.mjs. Do not edit.

export interface ProjectsParams {}

export interface ProjectsResult {
  projects: Project[];
}

export interface Project {
  configUri: string;
  rootUri: string;
  /**
   * `agent_name`, or the folder's name
   */
  name: string;
  agentId: string | null;
  framework: string | null;
  entrypoints: EntrypointSummary[];
}

export interface EntrypointSummary {
  tag: string;
  kind: "python" | "webhook" | "unknown";
  /**
   * true when the tag ends in `_stream`
   */
  streams: boolean;
}

export interface EntrypointParams {
  configUri: string;
  tag: string;
}

export interface EntrypointInfo {
  tag: string;
  kind: "python" | "webhook" | "unknown";
  streams: boolean;
  /**
   * as Python source, null when it cannot be known
   */
  signature: string | null;
  documentation: string | null;
  parameters: ParameterInfo[];
  /**
   * JSON Schema of the keyword arguments
   */
  inputSchema: {
    [k: string]: unknown;
  };
}

export interface ParameterInfo {
  name: string;
  kind: "positional_only" | "positional_or_keyword" | "var_positional" | "keyword_only" | "var_keyword";
  required: boolean;
  annotation: string | null;
  /**
   * as written in the source
   */
  defaultText: string | null;
  /**
   * present when the default is a literal that JSON can hold
   */
  defaultValue?: unknown;
  description: string | null;
  /**
   * JSON Schema of the value; empty when anything goes
   */
  schema: {
    [k: string]: unknown;
  };
}

export interface RunParams {
  /**
   * chosen by the client, unique in its session
   */
  runId: string;
  /**
   * null when `target` names the agent
   */
  configUri: string | null;
  tag: string;
  args?: unknown[];
  kwargs: {
    [k: string]: unknown;
  };
  target?: TargetParams;
  timeouts?: Timeouts;
  /**
   * on whose behalf; matters in the cloud only
   */
  userId?: string;
  /**
   * whether the cloud keeps what the agent remembers of this user
   */
  persistentMemory?: boolean;
  /**
   * further fields of the request, for servers that know them
   */
  extra?: {
    [k: string]: unknown;
  };
  /**
   * false sends the inputs even when they do not fit the function's signature
   */
  validate?: boolean;
  /**
   * how often to try again after a passing failure that the function has certainly not seen
   */
  retries?: number;
  /**
   * try again even when the function may have run
   */
  repeatUnsafe?: boolean;
}

export interface TargetParams {
  host?: string;
  port?: number;
  agentId?: string;
  /**
   * true: run in the cloud, never chosen otherwise; excludes `host` and `port`
   */
  cloud?: boolean;
}

/**
 * seconds; absent means the setting's value; null means no limit
 */
export interface Timeouts {
  connect?: number | null;
  idle?: number | null;
  total?: number | null;
}

export interface Target {
  host: string;
  port: number;
  agentId: string | null;
  source: "explicit" | "setting" | "registry" | "cloud";
  /**
   * true unless the host is loopback
   */
  leavesMachine: boolean;
  cloud: boolean;
  /**
   * what is shown to people; never holds a key
   */
  address: string;
  /**
   * whether the local server sends a copy of each run to the cloud, because it is signed in there; null when it cannot be known
   */
  copiesToCloud: boolean | null;
}

export interface RunError {
  code: string;
  message: string;
  suggestion: string | null;
  /**
   * what a button next to the suggestion does
   */
  action?:
    | "run-as-stream"
    | "run-as-call"
    | "show-serve-command"
    | "change-target"
    | "edit-inputs"
    | "change-timeout"
    | "run-again"
    | "show-logs"
    | "send-anyway"
    | "set-api-key";
  /**
   * what the code leaves open
   */
  kind?:
    | "network"
    | "dns"
    | "tls"
    | "timeout-connect"
    | "timeout-idle"
    | "timeout-total"
    | "protocol"
    | "circuit-open"
    | "overloaded";
  /**
   * of the agent's traceback, outermost first
   */
  frames?: TracebackFrame[];
  /**
   * for `VALIDATION_ERROR` found before the call: `{problems: [InputProblem]}`
   */
  details: unknown;
}

export interface TracebackFrame {
  /**
   * only of files that are there, inside the agent's project
   */
  uri: string | null;
  /**
   * as the traceback names it
   */
  file: string;
  /**
   * counted from zero; of a file with a URI always one that it has
   */
  line: number;
  function: string | null;
  /**
   * the line of source, as the traceback shows it
   */
  text: string | null;
}

export interface InputProblem {
  parameter: string | null;
  /**
   * inside the parameter's value
   */
  path: (string | number)[];
  message: string;
  expected: string | null;
  /**
   * whether the call would certainly fail
   */
  certain: boolean;
}

export interface RunOutcome {
  runId: string;
  state: "completed" | "failed" | "cancelled";
  /**
   * result of a call; absent for streams and failures
   */
  value?: unknown;
  error?: RunError;
  target: Target | null;
  elapsedMs: number;
  firstChunkMs?: number;
  chunks: number;
  /**
   * for cancelled runs: whether the agent's function was stopped as well
   */
  stopped?: boolean;
  /**
   * how often the agent was called; 0 when nothing was sent
   */
  attempts?: number;
  /**
   * of the run's record in the history; absent when none was kept
   */
  historyId?: string;
}

export interface RunStateParams {
  runId: string;
  /**
   * `waiting`: before the next attempt
   */
  state: "resolving" | "connecting" | "running" | "waiting";
  target: Target | null;
}

export interface OutputParams {
  runId: string;
  /**
   * counts the notifications of one run
   */
  seq: number;
  items: OutputItem[];
}

export interface OutputItem {
  index: number;
  /**
   * since the run was asked for
   */
  atMs: number;
  type: "text" | "value" | "unknown-frame";
  /**
   * for `text`, and the raw frame of `unknown-frame`
   */
  text?: string;
  /**
   * for `value`
   */
  value?: unknown;
  /**
   * code points of the whole text when it was cut for display
   */
  truncatedFrom?: number;
}

export interface OutputAckParams {
  runId: string;
  seq: number;
}

export interface CancelParams {
  runId: string;
}

export interface CancelResult {
  found: boolean;
  /**
   * false when the agent's function goes on although we stopped waiting
   */
  stopped: boolean;
  message: string;
}

export interface CheckParams {}

export interface CheckResult {
  projects: number;
  errors: number;
  warnings: number;
  others: number;
}

/** Requests the editor sends. */
export interface Requests {
  'runagent/projects': { params: ProjectsParams; result: ProjectsResult };
  'runagent/entrypoint': { params: EntrypointParams; result: EntrypointInfo };
  'runagent/run': { params: RunParams; result: RunOutcome };
  'runagent/stream': { params: RunParams; result: RunOutcome };
  'runagent/cancel': { params: CancelParams; result: CancelResult };
  'runagent/check': { params: CheckParams; result: CheckResult };
}

/** Notifications the editor sends. */
export interface ClientNotifications {
  'runagent/outputAck': OutputAckParams;
}

/** Notifications the server sends. */
export interface ServerNotifications {
  'runagent/runState': RunStateParams;
  'runagent/output': OutputParams;
  'runagent/projectsChanged': ProjectsParams;
}
