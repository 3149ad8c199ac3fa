import * as vscode from 'vscode';
import type { ProblemCount } from './agents_tree';
import { problemsOf } from './problem_count';

const SCHEME = 'runagent-agent';
/** While one types, findings of many files come one after the other. */
const SETTLE_MS = 150;

/** A mark beside each agent whose files have findings of ours, in the editor's own colors for them. */
export class ProblemBadges implements vscode.FileDecorationProvider, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeFileDecorations = this.#changed.event;
  readonly #registration = vscode.Disposable.from(
    this.#changed,
    vscode.window.registerFileDecorationProvider(this),
    vscode.languages.onDidChangeDiagnostics(() => this.#diagnosticsChanged()),
  );
  #counts = new Map<string, ProblemCount>();

  #settling: ReturnType<typeof setTimeout> | undefined;

  /** `roots`: the agents' folders by configuration; `changed`: the counts of some agents are other than before. */
  constructor(
    private readonly roots: () => ReadonlyMap<string, string>,
    private readonly changed: () => void,
  ) {}

  dispose(): void {
    clearTimeout(this.#settling);
    this.#registration.dispose();
  }

  of(configUri: string): ProblemCount {
    return this.#counts.get(configUri) ?? { errors: 0, warnings: 0 };
  }

  /** What the row of an agent must have as its resource to carry the mark. */
  resource(configUri: string): vscode.Uri {
    return vscode.Uri.from({ scheme: SCHEME, path: '/', query: configUri });
  }

  /** The agents, or what is found in their files, may be others. */
  recount(): void {
    const found = vscode.languages
      .getDiagnostics()
      .map(([uri, diagnostics]) => ({ uri: uri.toString(), diagnostics }));
    const counts = problemsOf(this.roots(), found);
    if (JSON.stringify([...counts]) === JSON.stringify([...this.#counts])) return;
    this.#counts = counts;
    this.#changed.fire(undefined);
    this.changed();
  }

  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    if (uri.scheme !== SCHEME) return undefined;
    const { errors, warnings } = this.of(uri.query);
    const count = errors > 0 ? errors : warnings;
    if (count === 0) return undefined;
    const color = new vscode.ThemeColor(errors > 0 ? 'list.errorForeground' : 'list.warningForeground');
    return new vscode.FileDecoration(count > 9 ? '9+' : String(count), undefined, color);
  }

  #diagnosticsChanged(): void {
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => this.recount(), SETTLE_MS);
  }
}
