import * as vscode from 'vscode';
import type { ServerState } from '../server/controller';
import { statusText } from './status_text';

const SELECTOR: vscode.DocumentSelector = [
  { scheme: 'file', pattern: '**/runagent.config.{json,yaml,yml}' },
  { scheme: 'file', language: 'python' },
];

/** The item behind `{}` in the status bar, shown for configs and Python files. */
export class LanguageStatus implements vscode.Disposable {
  readonly #item = vscode.languages.createLanguageStatusItem('runagent.status', SELECTOR);
  #state: ServerState<unknown> = { kind: 'looking' };
  #projects: number | undefined;

  constructor(private readonly version: string) {
    this.#item.name = 'RunAgent';
    this.#draw();
  }

  serverChanged(state: ServerState<unknown>): void {
    this.#state = state;
    if (state.kind !== 'ready') this.#projects = undefined;
    this.#draw();
  }

  projectsCounted(projects: number): void {
    this.#projects = projects;
    this.#draw();
  }

  dispose(): void {
    this.#item.dispose();
  }

  #draw(): void {
    const { text, detail, severity, busy, action } = statusText(
      this.#state,
      this.version,
      this.#projects,
      vscode.l10n.t,
    );
    this.#item.text = text;
    this.#item.detail = detail;
    this.#item.busy = busy;
    this.#item.severity =
      severity === 'error' ? vscode.LanguageStatusSeverity.Error : vscode.LanguageStatusSeverity.Information;
    this.#item.command =
      action === 'restart'
        ? { title: vscode.l10n.t('Restart'), command: 'runagent.restart' }
        : { title: vscode.l10n.t('Show Logs'), command: 'runagent.showLogs' };
  }
}
