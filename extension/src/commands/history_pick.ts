import * as vscode from 'vscode';
import { runRow } from '../history/run_item';
import { type Listed, RunList } from '../history/run_list';
import { asked } from '../questions';
import type { AgentServer } from '../server/agent_server';
import type { HistorySummary } from '../server/protocol.generated';
import { historyWords } from '../views/history_words';
import { reportFailure } from './server_reports';

const { l10n } = vscode;

/** How long typing must pause before the server is asked. */
const TYPING_PAUSE_MS = 150;

interface Item extends vscode.QuickPickItem {
  readonly run?: HistorySummary;
}

/** One run of a list, newest first, searched by the server while one types; `leftOut` is not offered. */
export function pickRun(
  server: AgentServer,
  placeholder: string,
  leftOut: string,
): Promise<HistorySummary | undefined> {
  return asked(new Promise((resolve) => new RunPick(server, placeholder, leftOut, resolve).ask()));
}

class RunPick {
  readonly #pick = vscode.window.createQuickPick<Item>();
  readonly #list: RunList;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    server: AgentServer,
    placeholder: string,
    private readonly leftOut: string,
    private readonly done: (chosen: HistorySummary | undefined) => void,
  ) {
    this.#list = new RunList(server);
    this.#pick.title = l10n.t('RunAgent: Run History');
    this.#pick.placeholder = placeholder;
    this.#pick.onDidChangeValue(() => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.ask(), TYPING_PAUSE_MS);
    });
    this.#pick.onDidAccept(() => this.#accepted());
    this.#pick.onDidHide(() => this.#end(undefined));
    this.#pick.show();
  }

  ask(): void {
    void this.#load(this.#list.ask(this.#pick.value));
  }

  async #load(answer: Promise<Listed | undefined>): Promise<void> {
    this.#pick.busy = true;
    try {
      const listed = await answer;
      if (listed === undefined) return;
      this.#pick.items = this.#items(listed);
      this.#pick.busy = false;
    } catch (error) {
      this.#end(undefined);
      reportFailure(error);
    }
  }

  #items({ runs, hasMore }: Listed): Item[] {
    const words = historyWords();
    // The server has searched already, so every row is shown whatever was typed.
    const items = runs
      .filter(({ run }) => run.historyId !== this.leftOut)
      .map(
        ({ run, match }): Item => ({
          ...runRow(run, words, vscode.env.language, match),
          run,
          alwaysShow: true,
        }),
      );
    if (hasMore) items.push({ label: l10n.t('$(ellipsis) Older runs'), alwaysShow: true });
    if (items.length > 0) return items;
    const nothing =
      this.#pick.value.trim() === '' ? l10n.t('No runs are kept yet.') : l10n.t('No run holds these words.');
    return [{ label: nothing, alwaysShow: true }];
  }

  #accepted(): void {
    const chosen = this.#pick.selectedItems[0];
    if (chosen?.run !== undefined) this.#end(chosen.run);
    else if (chosen !== undefined) void this.#load(this.#list.more());
  }

  #end(chosen: HistorySummary | undefined): void {
    clearTimeout(this.#timer);
    this.done(chosen);
    this.#pick.dispose();
  }
}
