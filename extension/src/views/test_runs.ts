import * as vscode from 'vscode';
import type { CaseListener, CaseRuns } from '../cases/case_runs';
import { summary, together } from '../cases/repeated';
import { selectedCases } from '../cases/selection';
import { TerminalOutput } from '../cases/terminal_text';
import { type TestProblem, type Verdict, verdictLine, verdictOf } from '../cases/verdict';
import type { CaseSummary } from '../server/protocol.generated';
import type { TestExplorer } from './test_explorer';

const { l10n } = vscode;

/** The debugger, as far as cases need it. */
export interface CaseDebugger {
  /** Attaches to the agent; answers what ends that again, or undefined when it could not be done. */
  attach(entrypoint: Pick<CaseSummary, 'configUri' | 'tag'>): Promise<Detach | undefined>;
}

type Detach = () => Promise<void>;

export interface HowToRun {
  /** How often each case runs. */
  readonly times: number;
  readonly debugging?: CaseDebugger;
}

/** What the cases of one request share. */
interface Session {
  readonly token: vscode.CancellationToken;
  /** What ends the debugging of each agent that the debugger was attached to for them. */
  readonly attached: Map<string, Detach>;
}

/** Runs cases for the test explorer, one after the other: what they measure is their own time. */
export class TestRuns {
  constructor(
    private readonly explorer: TestExplorer,
    private readonly runs: CaseRuns,
  ) {}

  async run(request: vscode.TestRunRequest, token: vscode.CancellationToken, how: HowToRun): Promise<void> {
    const { controller } = this.explorer;
    // A case that was repaired a moment ago is run as it is now.
    await this.explorer.refresh();
    const items = selectedCases(controller.items, request.include, request.exclude);
    const run = controller.createTestRun(request);
    for (const item of items) run.enqueued(item);
    const attached = new Map<string, Detach>();
    try {
      for (const item of items) {
        // VS Code marks as skipped what has not begun yet.
        if (token.isCancellationRequested) break;
        const one = this.explorer.caseOf(item);
        if (one !== undefined) await this.#runCase(run, item, one, { ...how, token, attached });
      }
    } finally {
      run.end();
      for (const detach of attached.values()) await detach();
    }
  }

  async #runCase(
    run: vscode.TestRun,
    item: vscode.TestItem,
    one: CaseSummary,
    how: HowToRun & Session,
  ): Promise<void> {
    run.started(item);
    const write = (text: string) => run.appendOutput(text, undefined, item);
    const output = new TerminalOutput(write, l10n.t('[The rest of the output is left out here.]'));
    output.note(`${one.tag} › ${one.name}`);
    const obstacle = obstacleOf(one) ?? (await this.#obstacleToDebugging(one, how));
    const verdicts = obstacle === undefined ? await this.#repeat(one, output, how) : [obstacle];
    const passed = verdicts.filter(({ kind }) => kind === 'passed').length;
    if (verdicts.length > 1) output.note(summary(passed, verdicts.length, l10n.t));
    if (obstacle !== undefined) output.note(verdictLine(obstacle, l10n.t));
    report(run, item, together(verdicts, l10n.t));
  }

  async #repeat(
    one: CaseSummary,
    output: TerminalOutput,
    { times, token }: HowToRun & Session,
  ): Promise<Verdict[]> {
    const verdicts: Verdict[] = [];
    for (let time = 1; time <= times && !token.isCancellationRequested; time++) {
      if (times > 1) output.note(l10n.t('Run {0} of {1}', time, times));
      const end = await this.runs.run(one, listenerOf(output), token);
      if (end.kind === 'judged') output.result(end.result.outcome);
      const verdict = verdictOf(end, one.uri, l10n.t);
      output.note(verdictLine(verdict, l10n.t));
      verdicts.push(verdict);
    }
    return verdicts;
  }

  async #obstacleToDebugging(
    one: CaseSummary,
    { debugging, attached }: HowToRun & Session,
  ): Promise<Verdict | undefined> {
    if (debugging === undefined || attached.has(one.configUri)) return undefined;
    const detach = await debugging.attach(one);
    if (detach === undefined) {
      return { kind: 'errored', problems: [{ message: l10n.t('The debugger could not be attached.') }] };
    }
    attached.set(one.configUri, detach);
    return undefined;
  }
}

/** A case whose file is broken is not sent to anybody. */
function obstacleOf({ uri, problem, problemRange }: CaseSummary): Verdict | undefined {
  if (problem === null) return undefined;
  const place = { uri, line: problemRange?.start.line ?? 0 };
  return { kind: 'errored', problems: [{ message: problem, place }] };
}

/** Writes what a case says, and what is done for it before it is called. */
function listenerOf(output: TerminalOutput): CaseListener {
  let said = '';
  return {
    state: ({ state, target, message }) => {
      const line =
        message ?? (state === 'running' && target !== null ? l10n.t('Calling {0}', target.address) : '');
      if (line !== '' && line !== said) output.note(line);
      said = line;
    },
    output: (items) => {
      for (const item of items) output.item(item);
    },
  };
}

function report(run: vscode.TestRun, item: vscode.TestItem, verdict: Verdict): void {
  switch (verdict.kind) {
    case 'passed':
      run.passed(item, verdict.elapsedMs);
      break;
    case 'failed':
      run.failed(item, verdict.problems.map(messageOf), verdict.elapsedMs);
      break;
    case 'errored':
      run.errored(item, verdict.problems.map(messageOf), verdict.elapsedMs);
      break;
    case 'cancelled':
      run.skipped(item);
      break;
  }
}

function messageOf({ message, compared, place }: TestProblem): vscode.TestMessage {
  const shown =
    compared === undefined
      ? new vscode.TestMessage(message)
      : vscode.TestMessage.diff(message, compared.expected, compared.actual);
  if (place !== undefined) {
    const position = new vscode.Position(place.line, 0);
    shown.location = new vscode.Location(vscode.Uri.parse(place.uri), position);
  }
  return shown;
}
