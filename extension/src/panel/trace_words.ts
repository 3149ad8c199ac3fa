import { l10n } from 'vscode';
import type { TraceWords } from '../trace/words';

/** The words of the trace in the user's language. `{0}` and so on are filled in by the page. */
export function traceWords(): TraceWords {
  return {
    ...entryWords(),
    ...partWords(),
    ...totalWords(),
    values: {
      arguments: l10n.t('Arguments'),
      result: l10n.t('Result'),
      error: l10n.t('Error'),
      input: l10n.t('Input'),
    },
    readAs: l10n.t('Read as events of {0}'),
    expandAll: l10n.t('Expand All Steps'),
    collapseAll: l10n.t('Collapse All Steps'),
    earlierNote: l10n.t('{0} earlier lines are not shown here.'),
    cutNote: l10n.t('The result is too long to be shown to its end: later steps are missing.'),
  };
}

function entryWords() {
  return {
    step: l10n.t('Step {0}'),
    start: l10n.t('Start'),
    resumed: l10n.t('Resumed'),
    forkedFrom: l10n.t('from session {0} after step {1}'),
    answer: l10n.t('Answer'),
    end: l10n.t('End'),
    reasons: {
      answered: l10n.t('answered'),
      max_iterations: l10n.t('no answer within the allowed steps'),
      token_budget: l10n.t('token budget used up'),
      time_limit: l10n.t('time limit reached'),
      cancelled: l10n.t('cancelled'),
      failed: l10n.t('failed'),
    },
    errors: {
      not_found: l10n.t('no such tool'),
      transient: l10n.t('failed, may work later'),
      permanent: l10n.t('failed'),
      malformed: l10n.t('not understood'),
      interrupted: l10n.t('interrupted'),
    },
  };
}

function partWords() {
  return {
    thought: l10n.t('Thought'),
    writing: l10n.t('thinking…'),
    running: l10n.t('running…'),
    noResult: l10n.t('no result'),
    noTool: l10n.t('unnamed tool'),
    unreadable: l10n.t('Output of the model'),
    failed: l10n.t('failed'),
    recalled: l10n.t('{0} memories recalled'),
    recalledOne: l10n.t('1 memory recalled'),
    stored: l10n.t('Remembered'),
    warning: l10n.t('Warning'),
    working: l10n.t('Working memory changed'),
    workingRemoved: l10n.t('removed'),
    graph: l10n.t('Knowledge graph, entities: {0}, relations: {1}'),
    checkpoint: l10n.t('Checkpoint'),
    resume: l10n.t('Resume from This Step'),
    showState: l10n.t('Memory and Graph'),
    score: l10n.t('score {0}'),
    memoryKinds: { episodic: l10n.t('episodic'), semantic: l10n.t('semantic') },
  };
}

function totalWords() {
  return {
    oneStep: l10n.t('1 step'),
    steps: l10n.t('{0} steps'),
    oneCall: l10n.t('1 tool call'),
    calls: l10n.t('{0} tool calls'),
    failures: l10n.t('{0} failed'),
    stepTokens: l10n.t('{0} → {1} tokens'),
    tokens: l10n.t('{0} tokens in, {1} out'),
    estimatedTokens: l10n.t('about {0} tokens in, {1} out'),
    took: l10n.t('{0} in all'),
    tookParts: l10n.t('{0} in all: model {1}, tools {2}'),
  };
}
