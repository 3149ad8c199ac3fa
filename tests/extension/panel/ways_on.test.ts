import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { PageContent } from '../../../extension/src/panel/messages';
import { allWords } from '../../../extension/src/panel/words';
import { newRun, type RunEvent, reduce } from '../../../extension/src/runs/view_model';
import type { EntrypointInfo } from '../../../extension/src/server/protocol.generated';
import { content, info } from './contents';
import { eventually, WebviewBundle, type WebviewPage } from './webview_page';

vi.mock('vscode', () => ({ l10n: { t: (text: string) => text } }));

const error = {
  code: 'AGENT_STOPPED',
  message: 'The process of the agent ended while it ran.',
  suggestion: null,
  action: 'run-again',
  details: null,
} as const;
const crashed: RunEvent = {
  type: 'finished',
  outcome: { runId: 'r', state: 'failed', target: null, elapsedMs: 2300, chunks: 0, attempts: 1, error },
};
const model = reduce(newRun({ runId: 'r', kind: 'stream' }), crashed);
const run = { model, elapsedMs: 2300, output: { end: 0, silentMs: 0 } };
const session = { session: 's-1', state: 'interrupted' } as const;
const parameter = (name: string) => ({
  name,
  kind: 'positional_or_keyword' as const,
  required: false,
  annotation: null,
  defaultText: 'None',
  description: null,
  schema: {},
});
const resumable: EntrypointInfo = {
  ...info,
  parameters: [...info.parameters, parameter('session_id'), parameter('resume_from_step')],
};

let bundle: WebviewBundle;
let view: WebviewPage;

beforeAll(async () => {
  bundle = await WebviewBundle.of({ file: 'main.ts' });
});
afterAll(() => bundle.close());
afterEach(() => view.close());

/** The ways on that are offered below the form, each with whether it is the main one. */
async function waysOn(changes: Partial<PageContent>): Promise<Record<string, boolean>> {
  view = await bundle.open('dark');
  await eventually(() => view.sent).toContainEqual({ type: 'ready' });
  await view.post({ type: 'show', content: { ...content, run, ...changes }, words: allWords() });
  await view.page.getByRole('button', { name: 'Run Again', exact: true }).waitFor();
  const buttons = view.page.locator('.result vscode-button', {
    hasText: /^\s*(Run Again|Resume Session)\s*$/,
  });
  return Object.fromEntries(
    await buttons.evaluateAll((all) =>
      all.map((one) => [one.textContent?.trim() ?? '', !one.hasAttribute('secondary')]),
    ),
  );
}

describe('after a crash', () => {
  it('going on with the session is the main way where that can be done', async () => {
    expect(await waysOn({ info: resumable, session })).toEqual({
      'Run Again': false,
      'Resume Session': true,
    });
    await view.screenshot('run-page-crashed-session');
    expect(await view.axe()).toEqual([]);
  });

  it('running again is the main way where the entrypoint takes no session', async () => {
    expect(await waysOn({ session })).toEqual({ 'Run Again': true, 'Resume Session': false });
  });

  it('running again is the main way where no session was interrupted', async () => {
    expect(await waysOn({ info: resumable, session: { ...session, state: 'ended' } })).toEqual({
      'Run Again': true,
    });
    await view.close();
    expect(await waysOn({ info: resumable })).toEqual({ 'Run Again': true });
  });
});
