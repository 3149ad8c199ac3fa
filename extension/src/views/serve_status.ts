import * as vscode from 'vscode';
import type { Project } from '../server/protocol.generated';
import { shownAgent } from '../serving/agent_choice';
import { barText } from '../serving/bar_text';
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

  constructor(private readonly served: ServedAgents) {
    this.#item.name = l10n.t('RunAgent: Served Agent');
    this.#watch = vscode.window.onDidChangeActiveTextEditor((editor) => {
      if (editor !== undefined) this.draw();
    });
  }

  /** The agent that is shown. */
  get configUri(): string | undefined {
    return this.#shown;
  }

  projectsChanged(projects: readonly Project[]): void {
    this.#projects = projects;
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
    const { text, sentence, severity } = barText(name, this.served.get(configUri), l10n.t, timeOfDay);
    this.#item.text = text;
    this.#item.tooltip = sentence;
    this.#item.accessibilityInformation = { label: sentence, role: 'button' };
    this.#item.backgroundColor = BACKGROUNDS[severity];
    this.#item.command = {
      title: l10n.t('Agent Server…'),
      command: 'runagent.serve.menu',
      arguments: [{ configUri }],
    };
    this.#item.show();
  }

  dispose(): void {
    this.#watch.dispose();
    this.#item.dispose();
  }
}

function timeOfDay(seconds: number): string {
  return new Date(seconds * 1000).toLocaleTimeString(vscode.env.language, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
}
