import * as vscode from 'vscode';
import type { Project } from '../server/protocol.generated';
import { shownAgent } from '../serving/agent_choice';
import { barText, stoppedText, withTarget } from '../serving/bar_text';
import type { ServedAgents } from '../serving/served_agents';

const { l10n } = vscode;
const BACKGROUNDS = {
  calm: undefined,
  warning: new vscode.ThemeColor('statusBarItem.warningBackground'),
  error: new vscode.ThemeColor('statusBarItem.errorBackground'),
} as const;

/** The item of the status bar: how the agent is that one works on. Shown where there are agents. */
export class ServeStatus implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem('runagent.serve', vscode.StatusBarAlignment.Left, 10);
  readonly #watch: vscode.Disposable;
  #projects: readonly Project[] = [];
  #shown: string | undefined;
  #isStopped = false;

  constructor(private readonly served: ServedAgents) {
    this.#item.name = l10n.t('RunAgent: Served Agent');
    this.#watch = vscode.Disposable.from(
      vscode.window.onDidChangeActiveTextEditor((editor) => {
        if (editor !== undefined) this.draw();
      }),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('runagent.target')) this.draw();
      }),
    );
  }

  projectsChanged(projects: readonly Project[]): void {
    this.#projects = projects;
    this.draw();
  }

  /** Whether the language server has stopped, so that nobody knows how agents are. */
  serverChanged(isStopped: boolean): void {
    this.#isStopped = isStopped;
    this.draw();
  }

  draw(): void {
    const file = vscode.window.activeTextEditor?.document.uri.toString();
    const project = shownAgent(this.#projects, file, this.#shown);
    this.#shown = project?.configUri;
    if (project === undefined) {
      this.#item.hide();
      return;
    }
    const { configUri, name } = project;
    const served = barText(name, this.served.get(configUri), l10n.t, timeOfDay);
    const usual = withTarget(served, targetInSettings(configUri), l10n.t);
    const { text, sentence, severity } = this.#isStopped ? stoppedText(l10n.t) : usual;
    this.#item.text = text;
    this.#item.tooltip = sentence;
    this.#item.accessibilityInformation = { label: sentence, role: 'button' };
    this.#item.backgroundColor = BACKGROUNDS[severity];
    this.#item.command = this.#isStopped
      ? { title: l10n.t('Restart Language Server'), command: 'runagent.restart' }
      : { title: l10n.t('Agent Server…'), command: 'runagent.serve.menu', arguments: [{ configUri }] };
    this.#item.show();
  }

  dispose(): void {
    this.#watch.dispose();
    this.#item.dispose();
  }
}

/** Where the settings send the runs of an agent; undefined: nowhere in particular. */
function targetInSettings(configUri: string): string | undefined {
  const settings = vscode.workspace.getConfiguration('runagent.target', vscode.Uri.parse(configUri));
  const host = settings.get<unknown>('host');
  const port = settings.get<unknown>('port');
  return typeof host === 'string' && host !== '' && typeof port === 'number' ? `${host}:${port}` : undefined;
}

function timeOfDay(seconds: number): string {
  return new Date(seconds * 1000).toLocaleTimeString(vscode.env.language, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
}
