import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, expect, it } from 'vitest';
import { current, PAGES, settingsTable } from '../../scripts/settings_table.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const manifestText = read('package.json');
const manifest = JSON.parse(manifestText);
const words: Record<string, string> = JSON.parse(read('package.nls.json'));
const groups: readonly SettingsGroup[] = manifest.contributes.configuration;
const settings = Object.assign({}, ...groups.map(({ properties }) => properties)) as Record<string, Setting>;

interface Setting {
  readonly order?: number;
  readonly scope?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly markdownDescription?: string;
  readonly markdownEnumDescriptions?: readonly string[];
}

interface SettingsGroup {
  readonly id: string;
  readonly title: string;
  readonly order: number;
  readonly properties: Readonly<Record<string, Setting>>;
}

describe('the extension manifest', () => {
  it('has words for each placeholder and no placeholder too many', () => {
    const used = [...manifestText.matchAll(/"%([^%"]+)%"/g)].map((match) => match[1]);
    expect([...new Set(used)].sort()).toEqual(Object.keys(words).sort());
  });

  it('contributes exactly the commands that are registered', () => {
    const folder = 'extension/src/commands';
    const sources = readdirSync(path.join(root, folder))
      .map((name) => read(`${folder}/${name}`))
      .join('\n');
    const registered = [...sources.matchAll(/registerCommand\(\s*'([^']+)'/g)].map((match) => match[1]);
    const contributed = manifest.contributes.commands.map(({ command }: { command: string }) => command);
    expect(registered.sort()).toEqual(contributed.sort());
  });

  it('restricts in untrusted workspaces whatever chooses a program or sends inputs away', () => {
    const { supported, restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
    expect(supported).toBe('limited');
    const dangerous = Object.keys(settings).filter((name) => /interpreter|target|baseUrl/.test(name));
    expect(restrictedConfigurations.sort()).toEqual(dangerous.sort());
  });

  it('gives each setting a scope, a description and a place in one group', () => {
    for (const [name, setting] of Object.entries(settings)) {
      expect(setting.scope, name).toBeTypeOf('string');
      expect(setting.markdownDescription, name).toMatch(/^%.+%$/);
      expect(setting.markdownEnumDescriptions?.length, name).toBe(setting.enum?.length);
    }
    const named = groups.flatMap(({ properties }) => Object.keys(properties));
    expect(named).toHaveLength(new Set(named).size);
  });

  it('shows the groups and their settings in a given order', () => {
    expect(groups.map(({ order }) => order)).toEqual(groups.map((_group, index) => index + 1));
    for (const { title, properties } of groups) {
      const orders = Object.values(properties).map(({ order }) => order);
      expect(orders, title).toEqual(orders.map((_order, index) => index + 1));
    }
  });

  it('links only to settings and commands that exist', () => {
    const own = (name: string) => !name.startsWith('runagent.') || name in settings;
    const commands = new Set(
      manifest.contributes.commands.map(({ command }: { command: string }) => command),
    );
    for (const [name, text] of Object.entries(words).filter(([key]) => key.startsWith('setting.'))) {
      for (const [, link = ''] of text.matchAll(/`#([^`#]+)#`/g))
        expect(own(link), `${name}: ${link}`).toBe(true);
      for (const [, link] of text.matchAll(/\(command:([^)]+)\)/g)) expect(commands, name).toContain(link);
    }
  });

  it('gives each command an icon that there is', () => {
    const sheet = read('node_modules/@vscode/codicons/dist/codicon.css');
    const icons = new Set([...sheet.matchAll(/\.codicon-([\w-]+):before/g)].map(([, name]) => name));
    for (const { command, icon } of manifest.contributes.commands) {
      expect(icons, command).toContain(/^\$\((.+)\)$/.exec(icon ?? '')?.[1]);
    }
  });

  it('gives each command a category, and hides from the palette what cannot work now', () => {
    const enabled = new Map<string, string>();
    for (const { command, category, enablement } of manifest.contributes.commands) {
      expect(category, command).toBe('RunAgent');
      if (enablement !== undefined) enabled.set(command, enablement);
    }
    const palette = manifest.contributes.menus.commandPalette.map(
      ({ command, when }: { command: string; when: string }) => [command, when],
    );
    const needArguments = new Set(palette.filter(([, when]: [string, string]) => when === 'false'));
    expect(new Map(palette.filter((entry: [string, string]) => !needArguments.has(entry)))).toEqual(enabled);
  });

  it('wakes up for each kind of page that a window may come back with', () => {
    const folder = 'extension/src/panel';
    const sources = readdirSync(path.join(root, folder))
      .filter((name) => name.endsWith('.ts'))
      .map((name) => read(`${folder}/${name}`))
      .join('\n');
    expect(sources.match(/registerWebviewPanelSerializer\(/g)).toHaveLength(2);
    const kinds = [...sources.matchAll(/^const \w+_PANEL = '([^']+)'/gm)].map(([, kind]) => kind);
    const woken = manifest.activationEvents.flatMap((event: string) =>
      event.split('onWebviewPanel:').slice(1),
    );
    expect(woken.sort()).toEqual(kinds.sort());
  });

  it('sets the contexts that its conditions ask for', () => {
    const sources = readdirSync(path.join(root, 'extension/src'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => read(`extension/src/${name}`));
    const set = sources.flatMap((text) =>
      [...text.matchAll(/'setContext',\s*'([^']+)'/g)].map((found) => found[1]),
    );
    const asked = [...manifestText.matchAll(/runagent\.(?:has|is)[A-Z]\w*/g)].map(([name]) => name);
    expect(new Set(asked)).toEqual(new Set(set));
  });

  it('leaves findings in configurations to the server, and completes cases by their schema', () => {
    const [validation, ...others] = manifest.contributes.jsonValidation;
    expect(others).toEqual([]);
    expect(validation.fileMatch).toBe('/**/.runagent/cases/**/*.json');
    expect(JSON.parse(read(validation.url))['$id']).toBe('runagent:case');
  });

  it('asks for the editor version whose types it is checked against', () => {
    expect(manifest.engines.vscode).toBe(`^${manifest.devDependencies['@types/vscode']}`);
  });

  it('asks for no newer editor than its libraries do, and is built for that one', () => {
    const client = JSON.parse(read('node_modules/vscode-languageclient/package.json'));
    expect(manifest.engines.vscode).toBe(client.engines.vscode);
    expect(read('extension/build.mjs')).toContain(
      `VS Code ${/\d+\.\d+/.exec(manifest.engines.vscode)?.[0]},`,
    );
  });
});

describe('docs/settings.md', () => {
  const page = read('docs/settings.md');

  it.each(Object.keys(settings))('describes %s with its default', (name) => {
    const section = page.split(/^## /m).find((text) => text.startsWith(`\`${name}\``));
    expect(section).toBeDefined();
    expect(section).toContain(`Default: \`${JSON.stringify(settings[name]?.default)}\``);
  });
});

describe('the table of settings', () => {
  it.each(PAGES)('is current in %s', (file) => {
    expect(read(file), 'run: node scripts/settings_table.mjs').toBe(current(file));
  });

  it('has a row for each setting, with its default and without what works in the editor only', () => {
    const rows = settingsTable('').split('\n').slice(2);
    expect(rows).toHaveLength(Object.keys(settings).length);
    expect(rows).toContainEqual(
      expect.stringMatching(/^\| \[`runagent\.history\.maxAgeDays`\].*\| `90` \|$/),
    );
    for (const row of rows) expect(row).not.toMatch(/command:|`#/);
  });
});
