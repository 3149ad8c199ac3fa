import { withDeadline } from '../python/deadline';
import type { AgentServer } from '../server/agent_server';
import type { CancelResult } from '../server/protocol.generated';
import type { Translate } from '../translate';

const CANCEL_LIMIT_MS = 10_000;

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
