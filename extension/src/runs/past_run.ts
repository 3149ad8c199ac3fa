import type { AgentServer } from '../server/agent_server';
import type { HistoryRun, RunError, RunOutcome } from '../server/protocol.generated';
import type { Translate } from '../translate';
import type { Run, RunRequest } from './run';
import type { Runs } from './runs';

/** A run of the history, as it was when it ended; undefined when it goes on or is no longer kept. */
export async function pastRun(
  server: AgentServer,
  historyId: string,
  entrypoint: Omit<RunRequest, 'inputs' | 'kind'>,
  runs: Runs,
  t: Translate,
): Promise<Run | undefined> {
  let page = await server.request('runagent/history/get', { historyId });
  const { summary } = page;
  if (summary.state === 'running' || summary.tag !== entrypoint.tag) return undefined;
  const inputs = { args: page.args, kwargs: page.kwargs };
  const run = runs.past({ ...entrypoint, kind: summary.kind, inputs });
  for (let seq = 0; ; seq += 1) {
    if (page.items.length > 0) run.received({ runId: run.id, seq, items: page.items });
    if (page.next === null) break;
    page = await server.request('runagent/history/get', { historyId, after: page.next });
  }
  run.finished(outcomeOf(run.id, page, t));
  return run;
}

function outcomeOf(runId: string, stored: HistoryRun, t: Translate): RunOutcome {
  const { historyId, state, target, elapsedMs, chunks, attempts } = stored.summary;
  const interrupted = state === 'interrupted' || state === 'running';
  const error = interrupted ? interruption(t) : (stored.error as RunError | undefined);
  return {
    runId,
    historyId,
    state: interrupted ? 'failed' : state,
    target,
    elapsedMs: elapsedMs ?? 0,
    chunks,
    attempts,
    ...('value' in stored ? { value: stored.value } : {}),
    ...(error === undefined ? {} : { error }),
    ...(stored.stopped === undefined ? {} : { stopped: stored.stopped }),
  };
}

function interruption(t: Translate): RunError {
  return {
    code: 'INTERRUPTED',
    message: t('The editor or its language server ended before this run did.'),
    suggestion: null,
    action: 'run-again',
    details: null,
  };
}
