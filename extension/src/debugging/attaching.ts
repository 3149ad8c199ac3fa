/** The debug type that the Python debugger extension contributes. */
const DEBUG_TYPE = 'debugpy';

/** Its usual extension, and the folder in it that holds the package `debugpy`. */
export const PYTHON_DEBUGGER = 'ms-python.debugpy';
const BUNDLED = ['bundled', 'libs'] as const;

/** The part of an installed extension that is looked at. */
export interface InstalledExtension {
  readonly id: string;
  readonly extensionPath: string;
  readonly packageJSON: unknown;
}

/** The extension that debugs Python, if there is one. */
export function findDebugger(extensions: readonly InstalledExtension[]): InstalledExtension | undefined {
  return extensions.find(({ packageJSON }) => debugTypes(packageJSON).includes(DEBUG_TYPE));
}

function debugTypes(manifest: unknown): unknown[] {
  const { contributes } = (manifest ?? {}) as { contributes?: { debuggers?: unknown } };
  const debuggers = contributes?.debuggers;
  return Array.isArray(debuggers) ? debuggers.map((one: { type?: unknown } | null) => one?.type) : [];
}

/** Where that extension keeps the package `debugpy`, as a path; `join` puts path parts together. */
export function debugpyFolder(extensionPath: string, join: (...parts: string[]) => string): string {
  return join(extensionPath, ...BUNDLED);
}

/** What VS Code's debugger needs to attach to an agent that waits for it. */
export interface AttachConfiguration {
  readonly type: typeof DEBUG_TYPE;
  readonly request: 'attach';
  readonly name: string;
  readonly connect: { readonly host: string; readonly port: number };
  readonly justMyCode: boolean;
  readonly subProcess: boolean;
  /** Names the agent, so that the end of the session can be told from that of others. */
  readonly runagentConfigUri: string;
}

export function attachConfiguration(name: string, configUri: string, port: number): AttachConfiguration {
  return {
    type: DEBUG_TYPE,
    request: 'attach',
    name,
    // The agent runs on this machine, and its debugger listens nowhere else.
    connect: { host: '127.0.0.1', port },
    justMyCode: true,
    subProcess: false,
    runagentConfigUri: configUri,
  };
}
