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
}

export interface TargetParams {
  host?: string;
  port?: number;
  agentId?: string;
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
  source: "explicit" | "setting" | "registry";
  /**
   * true unless the host is loopback
   */
  leavesMachine: boolean;
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
    | "show-logs";
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
  details: unknown;
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
}

export interface RunStateParams {
  runId: string;
  state: "resolving" | "connecting" | "running";
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
