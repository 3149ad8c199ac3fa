// Finds the words that the extension shows: what translators translate, and what was forgotten to be translated.
// `node extension/l10n.mjs FILE` writes the words as a bundle for translators; scripts/vsix.mjs puts one into the VSIX.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAst } from 'vitest/node';

const source = fileURLToPath(new URL('src', import.meta.url));

/** @typedef {{file: string, line: number, text: string}} Place */
/** @typedef {Place & {values: number}} TranslatedText  `values`: how many are filled in at once; a page may do it later. */
/** @typedef {{type: string, start: number, [key: string]: unknown}} Node */

/** Every text that is handed to `l10n.t` or to a `Translate`, and every other text with words for people.
 * @returns {{translated: TranslatedText[], computed: Place[], untranslated: Place[]}} `computed`: calls whose text is
 * no literal, so that nobody could translate it. */
export function readWords() {
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).map((file) =>
    file.replaceAll('\\', '/'),
  );
  const wanted = files.filter((file) => file.endsWith('.ts') && !file.endsWith('.generated.ts')).sort();
  const words = wanted.map((file) => readModule(file, readFileSync(path.join(source, file), 'utf8')));
  return {
    translated: words.flatMap(({ translated }) => translated),
    computed: words.flatMap(({ computed }) => computed),
    untranslated: words.flatMap(({ untranslated }) => untranslated),
  };
}

/** @param {string} file @param {string} text */
export function readModule(file, text) {
  const search = new Search(file, text);
  search.visit(parseAst(text, { lang: 'ts' }));
  return search.found;
}

class Search {
  /** @type {ReturnType<typeof readWords>} */
  found = { translated: [], computed: [], untranslated: [] };

  /** @param {string} file @param {string} text */
  constructor(file, text) {
    this.file = file;
    this.text = text;
    this.isBrowserSide = file.startsWith('panel/webview/');
  }

  /** @param {unknown} value */
  visit(value) {
    if (Array.isArray(value)) for (const item of value) this.visit(item);
    else if (typeof value === 'object' && value !== null && 'type' in value)
      this.#visitNode(/** @type {Node} */ (value));
  }

  /** @param {Node} node */
  #visitNode(node) {
    if (node.type === 'TaggedTemplateExpression') return this.#visitTemplate(node);
    if (node.type === 'CallExpression') {
      const callee = this.#nameOf(node['callee']);
      if (/(^|\.)#?(t|translate)$/.test(callee)) return this.#visitTranslation(node);
      // Logs are read by whoever is asked for help, in one language.
      if (/(^|\.)#?log\.(trace|debug|info|warn|error)$/.test(callee)) return;
    }
    const words = literalOf(node);
    if (words !== undefined && this.#hasWords(words)) this.#forgotten(node, words);
    for (const child of Object.values(node)) this.visit(child);
  }

  /** @param {Node} node */
  #visitTranslation(node) {
    const [first, ...values] = /** @type {Node[]} */ (node['arguments']);
    const words = first === undefined ? undefined : literalOf(first);
    const isComputed = words === undefined || (first?.type === 'TemplateLiteral' && words.includes('{}'));
    if (isComputed) this.found.computed.push(this.#place(node, this.text.slice(node.start, node.start + 60)));
    else this.found.translated.push({ ...this.#place(node, words), values: values.length });
    this.visit(values);
  }

  /** Of what a page draws, the texts and the attributes that are shown or read out. @param {Node} node */
  #visitTemplate(node) {
    const quasi = /** @type {Node} */ (node['quasi']);
    if (['html', 'svg'].includes(this.#nameOf(node['tag']))) {
      for (const words of wordsOfMarkup(literalOf(quasi) ?? '')) this.#forgotten(node, words);
    }
    this.visit(quasi['expressions']);
  }

  /** Two words beside each other: a name or a path never has them, but on the browser side classes and selectors do. @param {string} words */
  #hasWords(words) {
    if (this.isBrowserSide && /^[a-z-.#, ]+$/.test(words)) return false;
    return /\p{L}{2,}[,.:;]? \p{L}{2,}/u.test(words);
  }

  /** @param {unknown} node */
  #nameOf(node) {
    const { start, end } = /** @type {{start: number, end: number}} */ (node);
    return this.text.slice(start, end);
  }

  /** @param {Node} node @param {string} words */
  #forgotten(node, words) {
    this.found.untranslated.push(this.#place(node, words));
  }

  /** @param {Node} node @param {string} text @returns {Place} */
  #place(node, text) {
    return { file: this.file, line: this.text.slice(0, node.start).split('\n').length, text };
  }
}

/** The text of a literal; `{}` stands for what is computed in a template. @param {Node} node @returns {string | undefined} */
function literalOf(node) {
  if (node.type === 'Literal') return typeof node['value'] === 'string' ? node['value'] : undefined;
  if (node.type !== 'TemplateLiteral') return undefined;
  const quasis = /** @type {{value: {cooked: string}}[]} */ (node['quasis']);
  return quasis.map(({ value }) => value.cooked).join('{}');
}

const SHOWN_ATTRIBUTE =
  /[\s.](?:aria-label|aria-description|aria-roledescription|aria-valuetext|title|placeholder|label|alt|description)="([^"]*)"/g;

/** @param {string} markup */
function wordsOfMarkup(markup) {
  const shown = [...markup.matchAll(SHOWN_ATTRIBUTE)].map((match) => match[1] ?? '');
  const texts = markup.replaceAll(/<!--[\s\S]*?-->/g, '').split(/<[^>]*>/);
  return [...shown, ...texts]
    .map((words) => words.replaceAll('{}', '').trim())
    .filter((words) => /\p{L}/u.test(words));
}

/** The words as VS Code's bundles hold them: each is its own key. @returns {Record<string, string>} */
export function bundle() {
  const texts = [...new Set(readWords().translated.map(({ text }) => text))].sort();
  return Object.fromEntries(texts.map((text) => [text, text]));
}

/** @param {string} file */
export function writeBundle(file) {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(bundle(), null, 2)}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [file] = process.argv.slice(2);
  if (file === undefined) throw new Error('Which file? For example l10n/bundle.l10n.json');
  writeBundle(file);
}
