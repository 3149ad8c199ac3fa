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
  firstError?: Place;
}

export interface EntrypointSummary {
  tag: string;
  kind: "python" | "webhook" | "unknown";
  /**
   * true when the tag ends in `_stream`
   */
  streams: boolean;
  /**
   * what follows the function's name, on one line; absent when it cannot be known
   */
  signature?: string;
  /**
   * the first line of the function's
   */
  documentation?: string;
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
  configPlace?: Place;
  codePlace?: Place;
}

/**
 * where something begins in a file, counted from zero in UTF-16
 */
export interface Place {
  uri: string;
  line: number;
  character: number;
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
  serve?: ServeOptions;
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
  /**
   * `served`: by `runagent-ls serve`, this language server's own or another one
   */
  source: "explicit" | "setting" | "registry" | "cloud" | "served";
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
    | "show-problems"
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
   * the parameter's name and the way into its value; empty when the call as a whole is meant
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
   * `serving`: the agent is being started; `waiting`: before the next attempt
   */
  state: "resolving" | "serving" | "connecting" | "running" | "waiting";
  target: Target | null;
  /**
   * of `serving`: the step, for people
   */
  message?: string;
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

export interface ApiKeyParams {
  /**
   * kept in memory only; null forgets it
   */
  key: string | null;
}

export interface CloudParams {
  /**
   * whose settings count
   */
  configUri: string | null;
}

export interface CloudResult {
  /**
   * where runs in the cloud go
   */
  baseUrl: string;
  /**
   * `given`: the setting
   */
  baseUrlSource: "given" | "environment" | "stored" | "default";
  hasKey: boolean;
  /**
   * `given`: by `runagent/apiKey`
   */
  keySource: "given" | "environment" | "stored" | null;
  /**
   * whom the key belongs to, as `runagent setup` stored it beside its own key; null for keys from elsewhere
   */
  account: string | null;
}

export interface MetricsParams {}

export interface MetricsResult {
  snapshot: MetricsSnapshot;
  /**
   * the same in Prometheus' text format
   */
  prometheus: string;
}

/**
 * of all runs since the server was started
 */
export interface MetricsSnapshot {
  sessions: {
    active: number;
    total: number;
    completed: number;
    failed: number;
    cancelled: number;
  };
  /**
   * runs by tag
   */
  operations: {
    [k: string]: number;
  };
  chunks: number;
  bytes: number;
  /**
   * failed runs by code
   */
  errors: {
    [k: string]: number;
  };
  retries: number;
  /**
   * runs that were turned away because too many went on
   */
  sheds: number;
  latency: {
    count: number;
    sumSeconds: number;
    buckets: {
      /**
       * seconds; null takes the rest
       */
      le: number | null;
      /**
       * of all runs that took no longer
       */
      count: number;
    }[];
  };
}

export interface StatusParams {
  /**
   * null when `target` names the agent
   */
  configUri: string | null;
  target?: TargetParams;
  timeouts?: Timeouts;
  /**
   * so many of the newest runs
   */
  limit?: number;
}

/**
 * what the agent's server says of itself; null where it does not
 */
export interface StatusResult {
  target: Target | null;
  /**
   * in the server's own word
   */
  status: string | null;
  health: Health | null;
  /**
   * as the server sent them, each with a `tag`
   */
  entrypoints:
    | {
        [k: string]: unknown;
      }[]
    | null;
  /**
   * newest first
   */
  invocations: Invocation[] | null;
  stats: InvocationStats | null;
  /**
   * for people: why the runs are not what the server itself answered
   */
  note: string | null;
  /**
   * of the questions that were not answered
   */
  problems: RunError[];
}

export interface Health {
  agentId: string;
  agentName: string | null;
  framework: string | null;
  uptimeS: number | null;
}

/**
 * one run as a local server recorded it
 */
export interface Invocation {
  id: string;
  tag: string | null;
  status: string | null;
  /**
   * as recorded; long ones as the beginning of their JSON
   */
  input: unknown;
  /**
   * like `input`; of a stream the first ten chunks
   */
  output: unknown;
  error: string | null;
  /**
   * UTC, without a zone
   */
  requested: string | null;
  responded: string | null;
  executionS: number | null;
}

export interface InvocationStats {
  total: number;
  completed: number;
  failed: number;
  pending: number;
  /**
   * percent
   */
  successRate: number | null;
  averageS: number | null;
}

/**
 * `interrupted`: the process that recorded the run ended before the run did
 */
export type HistoryState = "running" | "completed" | "failed" | "cancelled" | "interrupted";

/**
 * all that is given must fit; times in seconds since 1970
 */
export interface HistoryListParams {
  /**
   * null: runs that belong to no configuration
   */
  configUri?: string | null;
  agentId?: string;
  tag?: string;
  state?: HistoryState;
  pinned?: boolean;
  since?: number;
  until?: number;
  limit?: number;
  /**
   * `next` of the page before
   */
  before?: string;
}

export interface HistoryListResult {
  /**
   * newest first
   */
  runs: HistorySummary[];
  /**
   * what `before` must be for older ones; null at the end
   */
  next: string | null;
}

/**
 * all that is given must fit; times in seconds since 1970
 */
export interface HistoryGroupsParams {
  /**
   * null: runs that belong to no configuration
   */
  configUri?: string | null;
  agentId?: string;
  tag?: string;
  state?: HistoryState;
  pinned?: boolean;
  since?: number;
  until?: number;
}

export interface HistoryGroupsResult {
  /**
   * the one that ran last first
   */
  groups: HistoryGroup[];
  /**
   * whether new runs are kept: neither the setting nor the environment says not to
   */
  recording: boolean;
}

/**
 * the runs of one entrypoint
 */
export interface HistoryGroup {
  /**
   * null for runs that belong to no configuration
   */
  configUri: string | null;
  tag: string;
  runs: number;
  /**
   * of the newest run, in seconds since 1970
   */
  startedAt: number;
  state: HistoryState;
}

export interface HistoryChangedParams {}

export interface HistorySummary {
  historyId: string;
  /**
   * who started the run calls it so; by it `runagent/cancel` ends what goes on
   */
  runId: string | null;
  kind: "run" | "stream";
  tag: string;
  state: HistoryState;
  /**
   * seconds since 1970
   */
  startedAt: number;
  elapsedMs: number | null;
  chunks: number;
  attempts: number;
  configUri: string | null;
  agentId: string | null;
  target: Target | null;
  gitCommit: string | null;
  pinned: boolean;
  /**
   * the beginning of the inputs, on one line
   */
  inputs: string;
  /**
   * the error's message
   */
  problem: string | null;
}

export interface HistorySearchParams {
  /**
   * words, or beginnings of words, that all must be found
   */
  text: string;
  /**
   * null: runs that belong to no configuration
   */
  configUri?: string | null;
  agentId?: string;
  tag?: string;
  state?: HistoryState;
  pinned?: boolean;
  since?: number;
  until?: number;
  limit?: number;
}

export interface HistorySearchResult {
  matches: HistoryMatch[];
}

export interface HistoryMatch {
  run: HistorySummary;
  /**
   * `inputs`, `output` or `error`
   */
  where: string;
  excerpt: string;
}

export interface HistoryGetParams {
  historyId: string;
  /**
   * items with a higher index
   */
  after?: number;
  /**
   * so many items at most, and some 1 MiB
   */
  limit?: number;
}

export interface HistoryRun {
  summary: HistorySummary;
  args: unknown[];
  kwargs: {
    [k: string]: unknown;
  };
  /**
   * whether the inputs were too long to be kept whole
   */
  inputsCut: boolean;
  /**
   * result of a call
   */
  value?: unknown;
  /**
   * code points of the whole result when only a part was kept, as text
   */
  valueTruncatedFrom?: number;
  /**
   * `RunError`; its frames are in the files as they are now
   */
  error?: {
    [k: string]: unknown;
  };
  firstChunkMs?: number;
  stopped?: boolean;
  /**
   * the Python that ran the agent, where we served it
   */
  interpreter?: string;
  /**
   * chunks of a long run that were not kept
   */
  droppedChunks: number;
  /**
   * whether secrets were replaced by `[redacted]`
   */
  redacted: boolean;
  items: OutputItem[];
  /**
   * what `after` must be for more items; null at the end
   */
  next: number | null;
}

export interface HistoryPinParams {
  historyId: string;
  /**
   * false: the limits of size and age hold for the run again
   */
  pinned?: boolean;
}

export interface HistoryDeleteParams {
  historyIds?: string[];
  /**
   * true, without `historyIds`: every run, pinned ones too
   */
  all?: boolean;
}

export interface HistoryDeleteResult {
  deleted: number;
}

export interface HistoryExportParams {
  /**
   * @minItems 1
   */
  historyIds: [string, ...string[]];
  format: "jsonl" | "markdown";
  /**
   * file to write; without it the text is answered, if it is no longer than 4 Mi characters
   */
  uri?: string;
}

export interface HistoryExportResult {
  runs: number;
  uri: string | null;
  text: string | null;
}

export interface HistoryCompareParams {
  first: string;
  second: string;
}

export interface HistoryCompareResult {
  first: ComparedRun;
  second: ComparedRun;
  /**
   * equal inputs, output and error
   */
  same: boolean;
  /**
   * false when something was too long to be compared whole
   */
  complete: boolean;
}

export interface ComparedRun {
  run: HistorySummary;
  /**
   * inputs, output and error as one document, without times
   */
  text: string;
  languageId: string;
}

export interface SessionsParams {
  configUri: string;
  /**
   * sessions of the agent of this name only
   */
  agent?: string;
}

export interface SessionsResult {
  /**
   * what was worked on last comes first
   */
  sessions: SessionSummary[];
  /**
   * whether older ones were left out
   */
  isCut: boolean;
  /**
   * sentences about what could not be read; the rest is there
   */
  problems: string[];
}

/**
 * a session of the agent runtime, as it is kept in the agent's folder
 */
export interface SessionSummary {
  /**
   * its id
   */
  session: string;
  /**
   * the name in its `AgentConfig`
   */
  agent: string;
  /**
   * the question; in a list only its beginning
   */
  input: string;
  state: SessionState;
  /**
   * why it ended: `answered`, `max_iterations`, `token_budget`, `time_limit`, `cancelled`, `failed`
   */
  reason: string | null;
  /**
   * complete ones
   */
  steps: number;
  /**
   * entities in its knowledge graph
   */
  entityCount: number;
  /**
   * milliseconds since 1970
   */
  startedAt: number;
  /**
   * milliseconds since 1970
   */
  lastAt: number;
  /**
   * where it branched off
   */
  forkedFrom: SessionStep | null;
  store: "file" | "sqlite";
}

/**
 * `interrupted`: it has no end, and nobody works on it any more
 */
export type SessionState = "running" | "interrupted" | "ended";

export interface SessionStep {
  session: string;
  step: number;
}

export interface SessionsGetParams {
  configUri: string;
  session: string;
  /**
   * its state as it was after this step; without it, as it is
   */
  step?: number;
  /**
   * checkpoints of steps before this one; without it, the latest
   */
  before?: number;
  /**
   * where it is, if both have one of this id; without it, that of `file`
   */
  store?: "file" | "sqlite";
}

export interface SessionDetails {
  session: SessionSummary;
  /**
   * the last step that `working`, `graph` and `answer` know of
   */
  step: number;
  /**
   * complete steps, also those after `step`, oldest first: the latest 500, and some 1 MiB
   */
  checkpoints: SessionCheckpoint[];
  /**
   * whether there are older ones: ask for those `before` the first of these
   */
  checkpointsCut: boolean;
  /**
   * what is always in the prompt, as of `step`; used last comes last
   */
  working: WorkingItem[];
  /**
   * what the agent remembers from all its sessions, as of now; newest first
   */
  episodic: EpisodicItem[];
  /**
   * what the agent knows by key, as of now; by key
   */
  semantic: SemanticItem[];
  /**
   * whether some of `episodic` or `semantic` were left out
   */
  memoryCut: boolean;
  graph: SessionGraph;
  /**
   * null when it had none as of `step`
   */
  answer: string | null;
  /**
   * sentences about what could not be read; the rest is there
   */
  problems: string[];
}

/**
 * a step that is complete: the session can be resumed after it
 */
export interface SessionCheckpoint {
  step: number;
  /**
   * when it was saved, milliseconds since 1970
   */
  at: number;
  /**
   * its beginning
   */
  thought: string;
  /**
   * those that were called, in order
   */
  tools: SessionTool[];
  inputTokens: number;
  outputTokens: number;
  /**
   * of the model and its tools
   */
  elapsedMs: number;
}

export interface SessionTool {
  /**
   * null when the model's output could not be read
   */
  tool: string | null;
  ok: boolean;
  /**
   * `not_found`, `transient`, `permanent`, `malformed` or `interrupted`
   */
  error: string | null;
}

export interface WorkingItem {
  key: string;
  value: string;
}

/**
 * numbers are null when the store does not say
 */
export interface EpisodicItem {
  id: string;
  text: string;
  /**
   * as it was remembered, before it faded
   */
  importance: number | null;
  recalls: number | null;
  /**
   * milliseconds since 1970
   */
  createdAt: number | null;
  /**
   * when it was recalled last, milliseconds since 1970
   */
  lastAt: number | null;
}

export interface SemanticItem {
  key: string;
  text: string;
  tags: string[];
}

/**
 * the session's knowledge graph as of a step
 */
export interface SessionGraph {
  entities: GraphEntity[];
  /**
   * between entities that are here
   */
  relations: GraphRelation[];
  /**
   * whether there are more of them
   */
  isCut: boolean;
}

export interface GraphEntity {
  id: string;
  kind: string;
  properties: {
    [k: string]: unknown;
  };
}

export interface GraphRelation {
  source: string;
  target: string;
  kind: string;
  properties: {
    [k: string]: unknown;
  };
}

export interface SessionsEventsParams {
  configUri: string;
  session: string;
  /**
   * where it is, if both have one of this id
   */
  store?: "file" | "sqlite";
  /**
   * as its summary said; refused when another session has this id now
   */
  startedAt?: number;
  /**
   * events with a higher `seq`
   */
  after?: number;
  /**
   * so many events at most, and some 1 MiB
   */
  limit?: number;
}

export interface SessionsEventsResult {
  /**
   * as the runtime keeps them, in order of `seq`
   */
  events: {
    [k: string]: unknown;
  }[];
  /**
   * what `after` must be for more events; null at the end
   */
  next: number | null;
}

export interface SessionsDeleteParams {
  configUri: string;
  session: string;
  /**
   * where it is, if both have one of this id
   */
  store?: "file" | "sqlite";
}

export interface SessionsDeleteResult {
  /**
   * false when there was none
   */
  deleted: boolean;
}

export interface CasesParams {
  /**
   * the cases of this agent only
   */
  configUri?: string;
}

export interface CasesResult {
  cases: CaseSummary[];
}

export interface CaseSummary {
  configUri: string;
  tag: string;
  name: string;
  /**
   * of the file
   */
  uri: string;
  description: string | null;
  /**
   * how many there are; without any a case passes when its run ends without an error
   */
  expectations: number;
  /**
   * why it cannot be run as it is written
   */
  problem: string | null;
  problemRange?: TextRange;
}

/**
 * an LSP `Range`
 */
export interface TextRange {
  start: TextPosition;
  end: TextPosition;
}

/**
 * an LSP `Position`
 */
export interface TextPosition {
  line: number;
  character: number;
}

export interface CasesGetParams {
  uri: string;
}

export interface CaseDetails {
  case: CaseSummary;
  args: unknown[];
  kwargs: {
    [k: string]: unknown;
  };
  userId?: string;
  persistentMemory?: boolean;
  /**
   * as in schemas/case.schema.json; null: that the run ends without an error
   */
  expect: {
    [k: string]: unknown;
  } | null;
}

export interface CasesSaveParams {
  configUri: string;
  tag: string;
  name: string;
  args: unknown[];
  kwargs: {
    [k: string]: unknown;
  };
  userId?: string;
  persistentMemory?: boolean;
  /**
   * absent: what the file expects already
   */
  expect?: {
    [k: string]: unknown;
  };
  /**
   * false: a case of this name is left as it is
   */
  overwrite: boolean;
}

export interface CasesSaveResult {
  uri: string;
  /**
   * false when there is a case of this name and `overwrite` was false
   */
  saved: boolean;
}

export interface CasesRunParams {
  /**
   * as in `RunParams`
   */
  runId: string;
  /**
   * of the case
   */
  uri: string;
  serve?: ServeOptions;
  target?: TargetParams;
  timeouts?: Timeouts;
}

export interface CaseResult {
  passed: boolean;
  outcome: RunOutcome;
  /**
   * empty when it passed
   */
  failures: CaseFailure[];
}

export interface CaseFailure {
  /**
   * as in the file (`contains[1]`, `jsonPath[0].equals`), or `completes`: every case without `error` expects that
   */
  expectation: string;
  message: string;
  /**
   * what was expected, to be compared by eye
   */
  expected?: string;
  /**
   * what came, to be compared by eye
   */
  actual?: string;
  range?: TextRange;
}

export interface CasesChangedParams {}

export type ClientLanguage = "python" | "typescript" | "go" | "rust" | "curl";

export interface ClientParams {
  configUri: string;
  tag: string;
  language: ClientLanguage;
  /**
   * with the inputs of the last recorded run, if there is one
   */
  lastRun?: boolean;
  args?: unknown[];
  /**
   * beat the inputs of the last run
   */
  kwargs?: {
    [k: string]: unknown;
  };
  target?: TargetParams;
}

export interface ClientResult {
  /**
   * a whole file; never holds an API key
   */
  text: string;
  /**
   * VS Code's name of the language
   */
  languageId: string;
  fileName: string;
  /**
   * what to install, and what to know
   */
  notes: string[];
}

export interface NewAgentParams {
  /**
   * the agent's own folder, which need not exist
   */
  folderUri: string;
  /**
   * `agent_name`; else the folder's name
   */
  name?: string;
  template?: AgentTemplate;
}

export type AgentTemplate = "basic" | "conversation" | "react";

export interface PlannedAgent {
  configUri: string;
  /**
   * to be created, in this order; none of them exists
   */
  files: PlannedFile[];
}

export interface PlannedFile {
  uri: string;
  text: string;
}

export interface CandidatesParams {
  folderUri: string;
}

export interface CandidatesResult {
  /**
   * the likeliest first
   */
  candidates: Candidate[];
}

export interface Candidate {
  /**
   * relative to the folder, with slashes
   */
  file: string;
  module: string;
  /**
   * unique among the candidates
   */
  tag: string;
  /**
   * Python source; empty when reading cannot tell it
   */
  signature: string;
  /**
   * the first line of the docstring
   */
  documentation: string;
  /**
   * most people would choose it
   */
  suggested: boolean;
}

export interface MakeAgentParams {
  folderUri: string;
  entrypoints: ChosenFunction[];
}

export interface ChosenFunction {
  file: string;
  module: string;
  tag: string;
}

export interface BatchParams {
  /**
   * chosen by the client, unique in its session, for `runagent/cancel`
   */
  runId: string;
  configUri: string | null;
  tag: string;
  /**
   * JSON Lines or CSV file
   */
  inputUri: string;
  /**
   * JSON Lines file of the results, each written as it ends
   */
  outputUri: string;
  /**
   * absent: by the file's name
   */
  inputFormat?: "jsonl" | "csv";
  concurrency?: number;
  /**
   * go on with the batch whose results are in the output
   */
  resume?: boolean;
  /**
   * put the finished output in the order of the input
   */
  ordered?: boolean;
  /**
   * call the function once for identical inputs
   */
  deduplicate?: boolean;
  target?: TargetParams;
  serve?: ServeOptions;
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
   * false calls the function even with inputs that certainly do not fit it
   */
  validate?: boolean;
  retries?: number;
  repeatUnsafe?: boolean;
}

export interface BatchProgressParams {
  runId: string;
  /**
   * items that have a result, earlier ones included
   */
  done: number;
  /**
   * null while it is not known
   */
  total: number | null;
  failed: number;
  running: number;
  /**
   * items a second
   */
  rate: number | null;
  etaS: number | null;
  /**
   * waiting for an agent that is away
   */
  paused: boolean;
  /**
   * a sentence for people
   */
  notice?: string;
}

export interface BatchReport {
  runId: string;
  outputUri: string;
  tag: string;
  /**
   * `gave-up`: the agent stayed away; `refused`: it takes no call of this kind
   */
  end: "finished" | "gave-up" | "interrupted" | "refused";
  done: number;
  completed: number;
  failed: number;
  /**
   * items whose call may have run, though no answer came
   */
  unknown: number;
  /**
   * items that had ended in earlier runs of the batch
   */
  resumed: number;
  notRun: number | null;
  /**
   * items that took the result of an identical one
   */
  shared: number;
  retries: number;
  /**
   * 0 to 1, of all that are done
   */
  successRate: number | null;
  wallS: number;
  pausedS: number;
  itemsPerSecond: number | null;
  latencyMs?: {
    p50: number;
    p90: number;
    p95: number;
    p99: number;
    count: number;
    exact: boolean;
  };
  /**
   * failures by code
   */
  errors: {
    [k: string]: {
      count: number;
      example: {
        index: number;
        line: number;
        message: string;
      };
    };
  };
  unknownItems: {
    index: number;
    line: number;
  }[];
  /**
   * the evidence that calls at once do not help; absent when they do, or when it is not known
   */
  oneAtATime?: {
    /**
     * health checks were kept waiting as well
     */
    blocksServer: boolean;
    concurrency: number;
    /**
     * with `concurrency` calls at once
     */
    togetherMsPerItem: number;
    togetherItems: number;
    /**
     * with one call after another
     */
    aloneMsPerItem: number;
    aloneItems: number;
    healthIdleMs: number | null;
    healthBusyMs: number | null;
    healthChecks: number;
  };
  notices: string[];
  error?: RunError;
}

export interface ServeOptions {
  /**
   * the Python that runs the agent; absent: the setting, else the nearest virtual environment, else the `PATH`
   */
  interpreter?: string;
  debug?: DebugOptions;
}

/**
 * run the agent under debugpy; runs wait until a debugger is attached
 */
export interface DebugOptions {
  /**
   * folder that holds the package `debugpy`; absent: the one of the agent's own Python
   */
  debugpyPath?: string;
}

export interface ServeStartParams {
  configUri: string;
  /**
   * the one that is tried first; absent: any free one
   */
  port?: number;
  /**
   * as in `ServeOptions`
   */
  interpreter?: string;
  debug?: DebugOptions;
  /**
   * write the agent into the platform's local registry, so that its own tools find it
   */
  register?: boolean;
}

export interface ServeStopParams {
  configUri: string;
}

export interface ServeStatusParams {}

export interface ServeStatusResult {
  servers: ServerStatus[];
}

export interface ServeMetricsParams {
  configUri: string;
}

export interface ServeMetricsResult {
  /**
   * counts of the server's runs, whoever asked for them, in Prometheus' text format
   */
  prometheus: string;
}

/**
 * `reloading`: the code of before answers while the new one is started; `stale`: the new one failed, the code of before goes on answering; `failed`: nothing answers
 */
export type ServerState = "starting" | "ready" | "reloading" | "stale" | "stopping" | "stopped" | "failed";

/**
 * an agent that this language server serves or served; times in seconds since 1970
 */
export interface ServerStatus {
  configUri: string;
  state: ServerState;
  /**
   * false: another editor or a terminal serves it, and this language server only uses it
   */
  own: boolean;
  /**
   * present while there is a server
   */
  host?: string;
  port?: number;
  /**
   * `host:port` for people
   */
  address?: string;
  agentId: string | null;
  /**
   * of the server's process
   */
  pid?: number;
  /**
   * of the process that runs the agent's code
   */
  workerPid?: number;
  /**
   * version of the agent's Python
   */
  python?: string;
  /**
   * path of the agent's Python
   */
  interpreter?: string;
  /**
   * when this state began
   */
  since: number;
  /**
   * present while the state is `stale`, and while a reload from it goes on
   */
  staleSince?: number;
  failure?: ServeFailure;
  /**
   * where a debugger may attach, on this machine
   */
  debugPort?: number;
  registered: boolean;
  /**
   * runs that go on
   */
  running: number;
  /**
   * runs that wait for their turn
   */
  waiting: number;
  entrypoints: EntrypointReport[];
}

export interface ServeFailure {
  code: string;
  message: string;
  suggestion?: string;
  /**
   * the Python exception's name
   */
  exception?: string;
  /**
   * the entrypoint that failed
   */
  tag?: string;
  /**
   * in the agent's own files, outermost first
   */
  frames: TracebackFrame[];
}

/**
 * one entrypoint as the running Python sees it; absent where that cannot be told
 */
export interface EntrypointReport {
  tag: string;
  exists: boolean;
  callable?: boolean;
  streams?: boolean;
  /**
   * function, coroutine function, generator function, async generator function, class or object
   */
  kind?: string;
  signature?: string;
  uri?: string;
  /**
   * counted from zero
   */
  line?: number;
  failure?: ServeFailure;
}

export interface ServeEventParams {
  configUri: string;
  kind: "status" | "step" | "log" | "requirements";
  status?: ServerStatus;
  step?: ServeStep;
  /**
   * of `log`
   */
  lines?: ServeLogLine[];
  requirements?: ServeRequirements;
}

export interface ServeStep {
  step: "loading" | "starting" | "importing" | "ready";
  message: string;
}

export interface ServeLogLine {
  /**
   * of the run that wrote it
   */
  runId: string | null;
  /**
   * `server`: what the server itself says
   */
  stream: "stdout" | "stderr" | "server";
  /**
   * one line or a part of one, without its end
   */
  text: string;
  /**
   * since 1970
   */
  atMs: number;
}

export interface ServeRequirements {
  /**
   * requirements that the agent's Python does not have, as they are written
   */
  missing: string[];
  /**
   * installs them: the program and its arguments
   */
  command: string[];
}

export interface VerifyParams {
  configUri: string;
  /**
   * as in `ServeOptions`
   */
  interpreter?: string;
}

export interface VerifyResult {
  /**
   * version of the agent's Python, where it could be started
   */
  python?: string;
  interpreter: string;
  entrypoints: EntrypointReport[];
  failure?: ServeFailure;
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
  'runagent/cloud': { params: CloudParams; result: CloudResult };
  'runagent/metrics': { params: MetricsParams; result: MetricsResult };
  'runagent/status': { params: StatusParams; result: StatusResult };
  'runagent/history/list': { params: HistoryListParams; result: HistoryListResult };
  'runagent/history/groups': { params: HistoryGroupsParams; result: HistoryGroupsResult };
  'runagent/history/search': { params: HistorySearchParams; result: HistorySearchResult };
  'runagent/history/get': { params: HistoryGetParams; result: HistoryRun };
  'runagent/history/pin': { params: HistoryPinParams; result: HistorySummary };
  'runagent/history/delete': { params: HistoryDeleteParams; result: HistoryDeleteResult };
  'runagent/history/export': { params: HistoryExportParams; result: HistoryExportResult };
  'runagent/history/compare': { params: HistoryCompareParams; result: HistoryCompareResult };
  'runagent/sessions': { params: SessionsParams; result: SessionsResult };
  'runagent/sessions/get': { params: SessionsGetParams; result: SessionDetails };
  'runagent/sessions/events': { params: SessionsEventsParams; result: SessionsEventsResult };
  'runagent/sessions/delete': { params: SessionsDeleteParams; result: SessionsDeleteResult };
  'runagent/cases': { params: CasesParams; result: CasesResult };
  'runagent/cases/get': { params: CasesGetParams; result: CaseDetails };
  'runagent/cases/save': { params: CasesSaveParams; result: CasesSaveResult };
  'runagent/cases/run': { params: CasesRunParams; result: CaseResult };
  'runagent/client': { params: ClientParams; result: ClientResult };
  'runagent/newAgent': { params: NewAgentParams; result: PlannedAgent };
  'runagent/candidates': { params: CandidatesParams; result: CandidatesResult };
  'runagent/makeAgent': { params: MakeAgentParams; result: PlannedAgent };
  'runagent/batch': { params: BatchParams; result: BatchReport };
  'runagent/check': { params: CheckParams; result: CheckResult };
  'runagent/serve/start': { params: ServeStartParams; result: ServerStatus };
  'runagent/serve/stop': { params: ServeStopParams; result: ServerStatus };
  'runagent/serve/restart': { params: ServeStartParams; result: ServerStatus };
  'runagent/serve/status': { params: ServeStatusParams; result: ServeStatusResult };
  'runagent/serve/metrics': { params: ServeMetricsParams; result: ServeMetricsResult };
  'runagent/verify': { params: VerifyParams; result: VerifyResult };
}

/** Notifications the editor sends. */
export interface ClientNotifications {
  'runagent/apiKey': ApiKeyParams;
  'runagent/outputAck': OutputAckParams;
}

/** Notifications the server sends. */
export interface ServerNotifications {
  'runagent/history/changed': HistoryChangedParams;
  'runagent/casesChanged': CasesChangedParams;
  'runagent/batchProgress': BatchProgressParams;
  'runagent/serve/event': ServeEventParams;
  'runagent/runState': RunStateParams;
  'runagent/output': OutputParams;
  'runagent/projectsChanged': ProjectsParams;
}
