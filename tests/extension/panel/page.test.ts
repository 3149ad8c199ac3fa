import { describe, expect, it } from 'vitest';
import { pageHtml } from '../../../extension/src/panel/html';
import { readPageMessage } from '../../../extension/src/panel/messages';

const parts = {
  cspSource: 'https://cdn.example',
  nonce: 'bm9uY2U=',
  scriptUri: 'https://cdn.example/run_page.js',
  styleUri: 'https://cdn.example/run_page.css',
  iconsUri: 'https://cdn.example/codicon.css',
  title: 'greet',
  language: 'en',
};

describe('the page', () => {
  it('lets in its own style and the one script, and nothing else', () => {
    const policy = /Content-Security-Policy" content="([^"]+)"/.exec(pageHtml(parts))?.[1];
    expect(policy).toBe(
      "default-src 'none'; style-src https://cdn.example; font-src https://cdn.example; script-src 'nonce-bm9uY2U='; base-uri 'none'; form-action 'none'",
    );
  });

  it('holds no inline script or style', () => {
    const html = pageHtml(parts);
    expect(html.match(/<script[^>]*>/g)).toEqual([
      '<script nonce="bm9uY2U=" src="https://cdn.example/run_page.js">',
    ]);
    expect(html).toMatch(/<script[^>]*><\/script>/);
    expect(html).not.toMatch(/<style|style=|\son\w+=/);
  });

  it('is not changed by a hostile tag', () => {
    const html = pageHtml({ ...parts, title: '</title><script>alert(1)</script>"' });
    expect(html.match(/<script/g)).toHaveLength(1);
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot;');
  });
});

describe('a message from the page', () => {
  it.each([
    { type: 'ready' },
    { type: 'outputRequest', request: { type: 'drawn', runId: 'r', seq: 3 } },
    { type: 'command', command: 'cancel' },
    { type: 'openFrame', index: 1 },
    { type: 'inputs', inputs: { args: [], kwargs: { a: 1 } }, inputsAt: 0 },
    { type: 'run', inputs: { args: [1], kwargs: {} }, inputsAt: 2 },
    { type: 'options', options: { userId: 'ada', timeouts: { total: null } } },
    { type: 'useCase', uri: null },
    { type: 'useCase', uri: 'file:///p/.runagent/cases/greet/a.json' },
  ])('%j is taken', (message) => {
    expect(readPageMessage({ ...message, extra: true })).toEqual(message);
  });

  it.each([
    null,
    'ready',
    { type: 'outputRequest', request: { type: 'drawn', runId: 'r', seq: 0.5 } },
    { type: 'outputRequest' },
    { type: 'command', command: 'workbench.action.terminal.new' },
    { type: 'command' },
    { type: 'openFrame', index: 0.5 },
    { type: 'openFrame', uri: 'file:///etc/passwd' },
    { type: 'run' },
    { type: 'useCase', uri: 1 },
    { type: 'run', inputs: { args: {}, kwargs: {} }, inputsAt: 0 },
    { type: 'inputs', inputs: { args: [], kwargs: [] }, inputsAt: 0 },
    { type: 'inputs', inputs: { args: [], kwargs: {} } },
    { type: 'run', inputs: { args: [], kwargs: {} }, inputsAt: 0.5 },
    { type: 'other' },
  ])('%j is not', (message) => {
    expect(readPageMessage(message)).toBeUndefined();
  });
});
