import type { RunError } from '../server/protocol.generated';
import type { Translate } from '../translate';

/** What this editor has for a failure beside what the server suggests to everyone, by the failure's action. */
export function errorHints(t: Translate): Readonly<Partial<Record<NonNullable<RunError['action']>, string>>> {
  return {
    'set-api-key': t(
      'The command "RunAgent: Set API Key" keeps a key in this editor’s secret storage and uses it for the cloud.',
    ),
  };
}
