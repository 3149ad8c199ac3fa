import * as vscode from 'vscode';
import type { ServeLogLine, ServerStatus } from '../server/protocol.generated';
import { logText, newInFailure, stateText } from '../serving/log_text';

/** One Output channel for each agent: what its code prints, told apart by runs, and what its server says. */
export class AgentLogs implements vscode.Disposable {
  readonly #channels = new Map<string, vscode.OutputChannel>();
  readonly #statuses = new Map<string, ServerStatus>();

  constructor(
    private readonly nameOf: (configUri: string) => string,
    private readonly tagOf: (runId: string) => string | undefined,
  ) {}

  write(configUri: string, lines: readonly ServeLogLine[]): void {
    const text = lines.map((line) => logText(line, this.tagOf)).join('');
    if (text !== '') this.#channel(configUri).append(text);
  }

  say(configUri: string, text: string): void {
    if (text === '') return;
    this.write(configUri, [{ runId: null, stream: 'server', text, atMs: Date.now() }]);
  }

  /** Writes what is new: a status that is told again repeats it. */
  statusChanged(status: ServerStatus): void {
    // It may still be told after the end.
    if (status.state === 'stopping') return;
    const { configUri, failure } = status;
    const before = this.#statuses.get(configUri);
    this.#statuses.set(configUri, status);
    this.say(configUri, newInFailure(before?.failure, failure));
    this.say(configUri, stateText(before, status, vscode.l10n.t));
  }

  show(configUri: string): void {
    this.#channel(configUri).show();
  }

  dispose(): void {
    for (const channel of this.#channels.values()) channel.dispose();
  }

  #channel(configUri: string): vscode.OutputChannel {
    const known = this.#channels.get(configUri);
    if (known !== undefined) return known;
    const channel = vscode.window.createOutputChannel(`RunAgent: ${this.nameOf(configUri)}`, 'log');
    this.#channels.set(configUri, channel);
    return channel;
  }
}
