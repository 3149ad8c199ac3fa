import { withDeadline } from '../python/deadline';
import type { AgentServer } from '../server/agent_server';
import type { CancelResult, HistorySummary } from '../server/protocol.generated';
import type { Translate } from '../translate';

const CANCEL_LIMIT_MS = 10_000;

/** A run that goes on, as the history has it. */
export type StoredRun = Pick<HistorySummary, 'runId' | 'tag'>;

/** The runs of this window that go on. */
export interface ActiveRuns {
  activeWithId(runId: string): { cancel(): Promise<void> } | undefined;
}

/**
 * Ends a run of the history that goes on, whoever has started it; what there is to say of it is answered, if anything.
 * Only who has started a run can end it: a run of this window, or one that its language server knows. Rejects when the
 * server does not answer.
 */
export async function cancelStored(
  { runId, tag }: StoredRun,
  runs: ActiveRuns,
  server: AgentServer,
  t: Translate,
): Promise<string | undefined> {
  const elsewhere = t('{0} was started in another window or in a terminal: it can be cancelled there.', tag);
  if (runId === null) return elsewhere;
  const own = runs.activeWithId(runId);
  if (own === undefined) {
    const { found, message } = await withDeadline(CANCEL_LIMIT_MS, () =>
      server.request('runagent/cancel', { runId }),
    );
    return found ? message : elsewhere;
  }
  // Its page says what has come of it.
  await own.cancel();
  return undefined;
}

/** Asks the server to end a run. Never rejects: an answer that does not come is told in `message` as well. */
export async function cancelRun(server: AgentServer, runId: string, t: Translate): Promise<CancelResult> {
  try {
    return await withDeadline(CANCEL_LIMIT_MS, () => server.request('runagent/cancel', { runId }));
  } catch (error) {
    const reason = error instanceof Error ? error.message : t('no answer');
    const message = t('Cancelling got {0}. "RunAgent: Restart Language Server" ends it.', reason);
    return { found: false, stopped: false, message };
  }
}
