import * as vscode from 'vscode';
import { showInputBox } from '../questions';
import type { TestExplorer } from './test_explorer';
import type { CaseDebugger, TestRuns } from './test_runs';

const { l10n } = vscode;

const REPEAT_SETTING = 'tests.repeatCount';
const MOST_REPEATS = 1000;

/** The ways to run cases: once, in the debugger, several times. */
export function addTestProfiles(
  { controller }: TestExplorer,
  runs: TestRuns,
  debugging: CaseDebugger,
): vscode.Disposable {
  const { Run, Debug } = vscode.TestRunProfileKind;
  const run = controller.createRunProfile(
    l10n.t('Run'),
    Run,
    (request, token) => runs.run(request, token, { times: 1 }),
    true,
  );
  const debug = controller.createRunProfile(
    l10n.t('Debug'),
    Debug,
    (request, token) => runs.run(request, token, { times: 1, debugging }),
    true,
  );
  // Writing the setting takes a moment, in which a run can already be asked for.
  let saving: Thenable<void> = Promise.resolve();
  const repeat = controller.createRunProfile(l10n.t('Repeat'), Run, async (request, token) => {
    await saving;
    await runs.run(request, token, { times: repeatCount() });
  });
  repeat.configureHandler = async () => {
    const count = await askRepeatCount();
    if (count === undefined) return;
    const configuration = vscode.workspace.getConfiguration('runagent');
    saving = configuration.update(REPEAT_SETTING, count, vscode.ConfigurationTarget.Global);
  };
  return vscode.Disposable.from(run, debug, repeat);
}

function repeatCount(): number {
  const value: unknown = vscode.workspace.getConfiguration('runagent').get(REPEAT_SETTING);
  return typeof value === 'number' && problemOfCount(value) === undefined ? value : 5;
}

async function askRepeatCount(): Promise<number | undefined> {
  const typed = await showInputBox({
    title: l10n.t('Repeat Cases'),
    prompt: l10n.t('How often "Repeat" runs each case'),
    value: String(repeatCount()),
    validateInput: (text) => problemOfCount(Number(text.trim() || Number.NaN)),
  });
  return typed === undefined ? undefined : Number(typed);
}

function problemOfCount(count: number): string | undefined {
  const fits = Number.isInteger(count) && count >= 2 && count <= MOST_REPEATS;
  return fits ? undefined : l10n.t('Type a whole number from 2 to {0}.', MOST_REPEATS);
}
