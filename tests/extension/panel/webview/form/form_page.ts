import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import type { Locator } from 'playwright-core';
import type { FormWords } from '../../../../../extension/src/form/words';
import type { Inputs } from '../../../../../extension/src/runs/inputs';
import type { EntrypointInfo, InputProblem } from '../../../../../extension/src/server/protocol.generated';
import { eventually, type Theme, WebviewBundle, type WebviewPage } from '../../webview_page';

const FIXTURE = path.resolve(import.meta.dirname, '../../../../fixtures/form/inputs.json');

/** What the server says of an entrypoint that has inputs of every kind. */
export const everything: EntrypointInfo = JSON.parse(readFileSync(FIXTURE, 'utf8'));

/** The entrypoint above with only some of its parameters. */
export function only(...names: string[]): EntrypointInfo {
  const parameters = everything.parameters.filter(({ name }) => names.includes(name));
  return { ...everything, parameters };
}

interface FormWindow {
  readonly form: HTMLElement & {
    readonly current: { readonly inputs: Inputs; readonly problems: number };
    focusFirst(): Promise<void>;
    show(problems: readonly InputProblem[]): void;
  };
  readonly changes: { inputs: Inputs; problems: number }[];
  readonly runs: Inputs[];
}

export function bundleOfForm(): Promise<WebviewBundle> {
  return WebviewBundle.of({
    source: `
      import './form/run_form';
      const form = document.createElement('run-form');
      const heading = document.createElement('h1');
      heading.textContent = 'everything';
      Object.assign(window, { form, changes: [], runs: [] });
      form.addEventListener('inputs-changed', ({ detail }) => window.changes.push(detail));
      form.addEventListener('run-requested', ({ detail }) => window.runs.push(detail.inputs));
      document.getElementById('run').append(heading, form);`,
  });
}

/** A form as it stands on the page, seen from outside. */
export class FormPage {
  private constructor(
    readonly view: WebviewPage,
    private readonly words: FormWords,
  ) {}

  static async open(
    bundle: WebviewBundle,
    words: FormWords,
    info: EntrypointInfo,
    more: { readonly inputs?: Partial<Inputs>; readonly theme?: Theme; readonly busy?: boolean } = {},
  ): Promise<FormPage> {
    const form = new FormPage(await bundle.open(more.theme), words);
    const inputs = { args: [], kwargs: {}, ...more.inputs };
    await form.set({ info, inputs, busy: more.busy ?? false });
    await eventually(() => form.page.locator('#panel').count()).toBe(1);
    return form;
  }

  get page() {
    return this.view.page;
  }

  set(properties: { info?: EntrypointInfo; inputs?: Inputs; busy?: boolean }): Promise<void> {
    return this.page.evaluate(
      ([given, words]) => void Object.assign((window as never as FormWindow).form, given, { words }),
      [properties, this.words] as const,
    );
  }

  /** The control of the last name, inside of the lists and objects before it. */
  control(...names: string[]): Locator {
    const outer = names.slice(0, -1).reduce<Locator>((place, name) => group(place, name), this.root);
    return outer.getByLabel(names.at(-1) ?? '', { exact: true });
  }

  /** A list or object, by the names on the way to it. */
  group(...names: string[]): Locator {
    return names.reduce<Locator>((place, name) => group(place, name), this.root);
  }

  /** Where the kind of value is picked. */
  kind(name: string): Locator {
    return this.page.getByRole('combobox', { name: `${name}: kind of value`, exact: true });
  }

  get root(): Locator {
    return this.page.locator('run-form');
  }

  current() {
    return this.page.evaluate(() => (window as never as FormWindow).form.current);
  }

  changes() {
    return this.page.evaluate(() => (window as never as FormWindow).changes);
  }

  runs() {
    return this.page.evaluate(() => (window as never as FormWindow).runs);
  }

  show(problems: readonly InputProblem[]): Promise<void> {
    return this.page.evaluate((given) => (window as never as FormWindow).form.show(given), problems);
  }

  focusFirst(): Promise<void> {
    return this.page.evaluate(() => (window as never as FormWindow).form.focusFirst());
  }

  tab(name: 'Form' | 'JSON'): Locator {
    return this.page.getByRole('tab', { name });
  }

  json(): Locator {
    return this.page.getByRole('textbox', { name: 'JSON' });
  }

  /** Accessible name of what has the focus, through all shadow roots. */
  focused(): Promise<string> {
    return this.page.evaluate(() => {
      let active = document.activeElement;
      while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
      const labels =
        active instanceof HTMLInputElement || active instanceof HTMLTextAreaElement ? active.labels : null;
      return (
        active?.getAttribute('aria-label') ??
        labels?.[0]?.textContent?.trim() ??
        active?.textContent?.trim() ??
        ''
      );
    });
  }
}

function group(place: Locator, name: string): Locator {
  return place.getByRole('group', { name, exact: true });
}
