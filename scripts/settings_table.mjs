// Writes the table of all settings, made from package.json, into the pages that have a place for it.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const BEGIN = '<!-- settings: written by scripts/settings_table.mjs -->';
const END = '<!-- end of settings -->';
export const PAGES = ['README.md', 'docs/settings.md'];

const root = new URL('..', import.meta.url);
/** @param {string} file */
const read = (file) => readFileSync(new URL(file, root), 'utf8');

/** @typedef {{ readonly markdownDescription: string, readonly default: unknown }} Setting */

/** One row for each setting, in the order of the settings page; names link into `page`. @param {string} page */
export function settingsTable(page) {
  const words = JSON.parse(read('package.nls.json'));
  /** @type {readonly { readonly properties: Readonly<Record<string, Setting>> }[]} */
  const groups = JSON.parse(read('package.json')).contributes.configuration;
  const rows = groups.flatMap(({ properties }) =>
    Object.entries(properties).map(([name, setting]) => {
      const link = `[\`${name}\`](${page}#${name.replaceAll('.', '').toLowerCase()})`;
      const what = firstSentence(words[setting.markdownDescription.slice(1, -1)]);
      return `| ${link} | ${what} | \`${JSON.stringify(setting.default)}\` |`;
    }),
  );
  return ['| Setting | What it is | Default |', '| --- | --- | --- |', ...rows].join('\n');
}

/** The page's text with the table as it is now; undefined for a page without a place for it.
 * @param {string} text @param {string} page */
export function withTable(text, page) {
  const [before, rest] = text.split(BEGIN);
  const after = rest?.split(END)[1];
  if (after === undefined) return undefined;
  return `${before}${BEGIN}\n${settingsTable(page)}\n${END}${after}`;
}

/** What a file should hold. @param {string} file */
export function current(file) {
  return withTable(read(file), file === 'docs/settings.md' ? '' : 'docs/settings.md');
}

/** Links to other settings and to commands work in the editor only. @param {string} text */
function firstSentence(text) {
  const plain = text.replace(/`#([^`]+)#`/g, '`$1`').replace(/ ?\[[^\]]+\]\(command:[^)]+\)/g, '');
  return /^.*?[.](?=\s|$)/.exec(plain.replaceAll('|', '\\|'))?.[0] ?? plain;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const file of PAGES) {
    const text = current(file);
    if (text === undefined) throw new Error(`${file} has no place for the table: ${BEGIN} and ${END}`);
    writeFileSync(new URL(file, root), text);
  }
}
