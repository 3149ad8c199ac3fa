import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readModule, readWords } from '../../extension/l10n.mjs';
import { FRAMEWORKS } from '../../extension/src/trace/readers/registry';

const words = readWords();

/** Words that are the same in every language or that nobody reads, by file. */
const FOR_NO_TRANSLATOR: Readonly<Record<string, readonly string[]>> = {
  // Names of formats, programs and channels.
  'commands/batch_commands.ts': ['JSON Lines'],
  'commands/history_actions.ts': ['JSON Lines'],
  'commands/error_actions.ts': ['runagent serve', 'runagent serve .'],
  'extension.ts': ['RunAgent Server'],
  // Not words at all.
  'python/version.ts': ['import sys; print("%d.%d.%d" % sys.version_info[:3]); print(sys.executable or "")'],
  // As Python itself says it, to be pasted into a report.
  'runs/error_text.ts': ['Traceback (innermost call last):'],
  // For the log, and for errors that are caught and told in other words.
  'python/deadline.ts': ['no answer within {} s'],
  'server/describe_state.ts': [
    'Looking for a Python that can run the server.',
    'Starting the server with {} (Python {} from {}).',
    'The server is ready.',
    'The server is stopped. {}',
  ],
  'tasks/agent_tasks.ts': [
    '"action" must be one of {}',
    '"path" must be the path of a folder',
    '"args" must be a list of texts',
  ],
};

/** By their own names. */
const frameworks = new Set(FRAMEWORKS.map((Reader) => new Reader().framework));

function isName(file: string, text: string): boolean {
  return file.startsWith('trace/readers/') && frameworks.has(text);
}

function placeholders(text: string): Set<string> {
  return new Set(text.match(/\{\d+\}/g));
}

describe('the words of the extension', () => {
  it('can all be translated', () => {
    const forgotten = words.untranslated.filter(
      ({ file, text }) =>
        !text.startsWith('<!DOCTYPE html>') &&
        !FOR_NO_TRANSLATOR[file]?.includes(text) &&
        !isName(file, text),
    );
    expect(forgotten).toEqual([]);
  });

  it('are literals, so that translators find them', () => {
    expect(words.computed).toEqual([]);
  });

  it('have a value for each placeholder, unless a page fills them in', () => {
    const odd = words.translated.filter(
      ({ text, values }) => values > 0 && values !== placeholders(text).size,
    );
    expect(odd).toEqual([]);
    for (const { text } of words.translated) {
      const numbers = [...placeholders(text)].map((found) => Number(found.slice(1, -1)));
      expect(Math.max(-1, ...numbers), text).toBe(numbers.length - 1);
    }
  });
});

describe('the words of the manifest', () => {
  const root = path.resolve(import.meta.dirname, '../..');
  const manifest: unknown = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const SHOWN =
    /^(title|shortTitle|label|name|contents|description|markdownDescription|(markdown)?[dD]eprecationMessage|patternErrorMessage|altText)$/;

  it('stand in package.nls.json', () => {
    const literal: string[] = [];
    const visit = (value: unknown, key: string): void => {
      if (typeof value === 'string' && SHOWN.test(key) && !/^%[^%]+%$/.test(value)) literal.push(value);
      if (typeof value !== 'object' || value === null) return;
      for (const [name, child] of Object.entries(value)) visit(child, Array.isArray(value) ? key : name);
    };
    visit((manifest as { contributes: unknown }).contributes, '');
    // The name of the product is the same in every language.
    expect(literal.filter((text) => text !== 'RunAgent')).toEqual([]);
  });
});

describe('the search for forgotten words', () => {
  const forgotten = (text: string) => readModule('x.ts', text).untranslated.map((place) => place.text);

  it.each([
    ["showMessage('Nothing was found')", 'Nothing was found'],
    ['showMessage(`${count} runs were found`)', '{} runs were found'],
    ['html`<button title="Stop">x</button>`', 'Stop'],
    ['html`<p class="quiet note">Stopped</p>`', 'Stopped'],
    ['class A { @property() accessor note = "not yet run" }', 'not yet run'],
  ])('finds them in %s', (text, expected) => {
    expect(forgotten(text)).toContain(expected);
  });

  it.each([
    "showMessage(vscode.l10n.t('Nothing was found'))",
    "this.#translate('Nothing was found')",
    "log.info('Nothing was found')",
    'html`<p class="quiet note" aria-label=${words.note}>${words.stopped}</p>`',
    'css`.quiet .note { color: red }`',
  ])('is content with %s', (text) => {
    expect(forgotten(text)).toEqual([]);
  });
});
