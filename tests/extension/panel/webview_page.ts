import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import * as path from 'node:path';
import { type BuildResult, build } from 'esbuild';
import { type Browser, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';
import { pageHtml } from '../../../extension/src/panel/html';

const ORIGIN = 'http://run-page.invalid';
/** Two busy cores can hold a browser up. */
const LIMIT_MS = 60_000;
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const SCREENSHOTS = path.resolve(import.meta.dirname, '../../../test-results');
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

export const THEMES = ['dark', 'light', 'hc-dark', 'hc-light'] as const;
export type Theme = (typeof THEMES)[number];

/** What VS Code puts on the page itself: its colors, the classes of its theme and its default style. */
interface ThemeDump {
  readonly vars: Readonly<Record<string, string>>;
  readonly defaults: string;
  readonly body: string;
  readonly data: Readonly<Record<string, string>>;
}

/** A browser and one bundled script of the browser side, to be opened as often as there are tests. */
export class WebviewBundle {
  private constructor(
    private readonly browser: Browser,
    private readonly files: ReadonlyMap<string, Uint8Array>,
  ) {}

  /** `entry`: a module of the browser side, or source text that imports from the folder of the browser side. */
  static async of(entry: { readonly file: string } | { readonly source: string }): Promise<WebviewBundle> {
    const executablePath = process.env['CHROMIUM'] ?? PLACES.find((file) => existsSync(file));
    if (executablePath === undefined) throw new Error(`Chromium is needed, looked for ${PLACES.join(', ')}`);
    const bundle = await bundled(entry);
    const files = new Map(bundle.outputFiles?.map((file) => [path.basename(file.path), file.contents]));
    const browser = await chromium.launch({
      executablePath,
      args: ['--no-sandbox', '--disable-dev-shm-usage'],
    });
    return new WebviewBundle(browser, files);
  }

  async open(theme: Theme = 'dark'): Promise<WebviewPage> {
    const page = await this.browser.newPage({ viewport: { width: 700, height: 900 } });
    page.setDefaultTimeout(LIMIT_MS);
    const opened = new WebviewPage(page);
    await page.exposeFunction('sendToTest', (message: unknown) => opened.sent.push(message));
    await page.addInitScript(asEditor, dumpOf(theme));
    await page.route('**/*', (route) => {
      const name = new URL(route.request().url()).pathname.slice(1);
      const body = name === '' ? HTML : Buffer.from(this.files.get(name) ?? '');
      return route.fulfill({ body, contentType: CONTENT_TYPES[path.extname(name)] ?? 'text/html' });
    });
    page.on('console', (message) => {
      if (/Content Security Policy/.test(message.text())) opened.blocked.push(message.text());
    });
    page.on('pageerror', (error) => opened.errors.push(error.message));
    await page.goto(ORIGIN);
    return opened;
  }

  close(): Promise<void> {
    return this.browser.close();
  }
}

/** The page as VS Code shows it, and what it sent to the extension. */
export class WebviewPage {
  readonly sent: unknown[] = [];
  /** What the page's own policy has kept out: must stay empty unless an agent's output asked for it. */
  readonly blocked: string[] = [];
  readonly errors: string[] = [];
  #isClosing = false;

  constructor(readonly page: Page) {}

  async post(message: unknown): Promise<void> {
    await this.page.evaluate((data) => window.postMessage(data), message);
  }

  /** Posts what nobody waits for, such as an answer: the page may be gone by then. */
  async postUnlessClosed(message: unknown): Promise<void> {
    try {
      await this.post(message);
    } catch (error) {
      if (!this.#isClosing) throw error;
    }
  }

  /** What axe finds wrong, by rule and place; nothing when all is well. */
  async axe(): Promise<string[]> {
    // Through the debugger: the page's own policy lets no script in.
    await this.page.evaluate(readFileSync(AXE, 'utf8'));
    const violations = await this.page.evaluate(async () => {
      const { axe } = window as never as { axe: { run(): Promise<AxeResults> } };
      return (await axe.run()).violations;
    });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ target, html }) => `${id}: ${target} ${html}`));
  }

  /** What the page has asked VS Code to keep for it. */
  state(): Promise<unknown> {
    return this.page.evaluate(() => (window as never as { keptState(): unknown }).keptState());
  }

  async screenshot(name: string): Promise<void> {
    mkdirSync(SCREENSHOTS, { recursive: true });
    await this.page.screenshot({ path: path.join(SCREENSHOTS, `${name}.png`) });
  }

  /** What the page still asks for, a font or an answer, ends with it. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await this.page.unrouteAll({ behavior: 'ignoreErrors' });
    await this.page.close();
  }
}

/** Waits longer than `expect.poll` does by itself. */
export function eventually<T>(get: () => T) {
  return expect.poll(get, { timeout: LIMIT_MS });
}

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly target: readonly string[]; readonly html: string }[];
  }[];
}

const HTML = pageHtml({
  cspSource: ORIGIN,
  nonce: 'abc',
  scriptUri: `${ORIGIN}/page.js`,
  styleUri: `${ORIGIN}/page.css`,
  iconsUri: `${ORIGIN}/codicon.css`,
  title: 'greet',
  language: 'en',
});

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.ttf': 'font/ttf',
};

const ICONS = '@vscode/codicons/dist/codicon.css';
const webview = path.resolve(import.meta.dirname, '../../../extension/src/panel/webview');

function bundled(entry: { readonly file: string } | { readonly source: string }): Promise<BuildResult> {
  const script =
    'file' in entry
      ? { entryPoints: { page: path.join(webview, entry.file) } }
      : { stdin: { contents: entry.source, resolveDir: webview, loader: 'ts' as const }, outdir: '/' };
  return Promise.all([
    build({ ...BUNDLING, ...script, entryNames: 'page' }),
    build({ ...BUNDLING, entryPoints: { page: path.join(webview, 'run_page.css'), codicon: ICONS } }),
  ]).then(([code, style]) => ({ ...code, outputFiles: [...renamed(code), ...(style.outputFiles ?? [])] }));
}

/** What comes from standard input has a name of esbuild's own. */
function renamed(code: BuildResult) {
  return (code.outputFiles ?? []).map((file) =>
    file.path.endsWith('.js') ? { ...file, path: '/page.js', contents: file.contents } : file,
  );
}

const BUNDLING = {
  bundle: true,
  write: false,
  outdir: '/',
  format: 'iife',
  target: 'es2022',
  loader: { '.ttf': 'file' },
  assetNames: '[name]',
} as const;

function dumpOf(theme: Theme): ThemeDump {
  return JSON.parse(readFileSync(path.join(import.meta.dirname, 'themes', `${theme}.json`), 'utf8'));
}

/** Runs in the page before its own script: what VS Code does there. */
function asEditor({ vars, defaults, body, data }: ThemeDump): void {
  // Whatever was kept is there again when the page is made anew.
  let state: unknown = JSON.parse(sessionStorage.getItem('state') ?? 'null') ?? undefined;
  const api = {
    postMessage: (message: unknown) =>
      (window as never as { sendToTest(message: unknown): void }).sendToTest(message),
    getState: () => state,
    setState: (next: unknown) => {
      state = next;
      sessionStorage.setItem('state', JSON.stringify(next));
    },
  };
  Object.assign(window, { acquireVsCodeApi: () => api, keptState: () => state });
  const sheet = new CSSStyleSheet();
  const colors = Object.entries(vars).map(([name, value]) => `${name}: ${value};`);
  sheet.replaceSync(`html { ${colors.join(' ')} } ${defaults}`);
  document.adoptedStyleSheets = [sheet];
  document.addEventListener('DOMContentLoaded', () => {
    document.body.className = body;
    Object.assign(document.body.dataset, data);
  });
}
