import { html, nothing, type TemplateResult } from 'lit';
import type { EntrypointInfo } from '../../server/protocol.generated';
import { takesSession } from '../../sessions/resume';
import type { RunSession } from '../../sessions/run_session';
import type { RunSessionWords, SessionRequest } from '../messages';

/** A session, and the step that is meant; null: as it is. */
export type SessionStep = Pick<SessionRequest, 'session' | 'step'>;

/** Whether the entrypoint can go on with what was interrupted: no step is done twice, as it is when all runs again. */
export function mayResume(made: RunSession | null, info: EntrypointInfo | null): boolean {
  return made?.state === 'interrupted' && info !== null && takesSession(info);
}

/** The session that a run has made, and the way on where it was interrupted. */
export function sessionLine(
  made: RunSession | null,
  info: EntrypointInfo | null,
  words: RunSessionWords,
  ask: (type: SessionRequest['type'], at: SessionStep) => void,
): TemplateResult | typeof nothing {
  if (made === null) return nothing;
  const { session, state } = made;
  const button = (type: SessionRequest['type']) => () => ask(type, { session, step: null });
  return html`<div class="session">
    ${
      state === 'interrupted'
        ? html`<span class="note" role="status">${words.interrupted}</span>
            <vscode-button
              icon="debug-continue"
              ?secondary=${!mayResume(made, info)}
              @click=${button('resumeSession')}>${words.resume}</vscode-button>`
        : nothing
    }
    <vscode-button secondary icon="layers" @click=${button('showSession')}>${words.show}</vscode-button>
  </div>`;
}
