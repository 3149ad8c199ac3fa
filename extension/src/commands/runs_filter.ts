import * as vscode from 'vscode';
import { filterParts, readFilter, writeFilter } from '../history/run_filter';
import { asked } from '../questions';
import { readReference } from '../runs/entrypoint_choice';
import type { AgentServer } from '../server/agent_server';
import { historyWords } from '../views/history_words';
import type { RunsView } from '../views/runs_view';
import { reportFailure } from './server_reports';

const { l10n } = vscode;

/** Lists the runs of one entrypoint, which a row of another view names. */
export async function showRunsOf(view: RunsView, argument: unknown): Promise<void> {
  const reference = readReference(argument);
  if (reference !== undefined) await view.show({ text: '', tag: reference.tag });
  await vscode.commands.executeCommand('runagent.runs.focus');
}

/** Asks which runs to list: words are typed, a state or an entrypoint is chosen or typed. */
export async function filterRuns(server: () => Promise<AgentServer>, view: RunsView): Promise<void> {
  try {
    const { groups } = await (await server()).request('runagent/history/groups', {});
    const typed = await pickFilter(writeFilter(view.filter), [...new Set(groups.map(({ tag }) => tag))]);
    if (typed === undefined) return;
    await vscode.commands.executeCommand('runagent.runs.focus');
    await view.show(readFilter(typed));
  } catch (error) {
    reportFailure(error);
  }
}

function pickFilter(before: string, tags: readonly string[]): Promise<string | undefined> {
  const pick = vscode.window.createQuickPick<vscode.QuickPickItem & { readonly filter: string }>();
  const parts = filterParts(tags);
  const draw = () => {
    const typed = pick.value.trim();
    const label =
      typed === '' ? l10n.t('$(list-flat) All runs') : l10n.t('$(filter) Runs that fit: {0}', typed);
    const rest = parts.filter((part) => !typed.includes(part));
    pick.items = [
      { label, filter: typed, alwaysShow: true },
      ...rest.map((part) => ({
        label: part,
        description: wordsOf(part),
        filter: writeFilter({ ...readFilter(typed), ...withoutText(part) }),
        alwaysShow: true,
      })),
    ];
  };
  pick.title = l10n.t('RunAgent: Filter Runs');
  pick.placeholder = l10n.t('Words in inputs, outputs and errors; or choose below');
  pick.value = before;
  pick.onDidChangeValue(draw);
  draw();
  const answer = new Promise<string | undefined>((resolve) => {
    pick.onDidAccept(() => {
      resolve(pick.selectedItems[0]?.filter ?? pick.value);
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
  return asked(answer);
}

function withoutText(part: string): Omit<ReturnType<typeof readFilter>, 'text'> {
  const { text: _nothing, ...rest } = readFilter(part);
  return rest;
}

function wordsOf(part: string): string {
  const { state, tag } = readFilter(part);
  if (state !== undefined) return l10n.t('only runs that are {0}', historyWords().states[state]);
  return tag === undefined ? l10n.t('only runs that are pinned') : l10n.t('only runs of {0}', tag);
}
