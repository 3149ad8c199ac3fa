import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, expect, it } from 'vitest';

const source = path.resolve(import.meta.dirname, '../../extension/src');

/** Modules that touch the editor. Everything else decides, and must be testable without it. */
const EDITOR_MODULES = new Set([
  'commands/agent_pick.ts',
  'commands/agents_view_commands.ts',
  'commands/api_key_commands.ts',
  'commands/batch_commands.ts',
  'commands/calling_commands.ts',
  'commands/case_commands.ts',
  'commands/case_files.ts',
  'commands/client_code_commands.ts',
  'commands/cloud_commands.ts',
  'commands/cloud_gate.ts',
  'commands/compare_commands.ts',
  'commands/debug_commands.ts',
  'commands/entrypoint_pick.ts',
  'commands/error_actions.ts',
  'commands/history_actions.ts',
  'commands/history_commands.ts',
  'commands/history_pick.ts',
  'commands/interpreter_commands.ts',
  'commands/metrics_commands.ts',
  'commands/new_agent_commands.ts',
  'commands/notify.ts',
  'commands/open_place.ts',
  'commands/output_requests.ts',
  'commands/panel_cases.ts',
  'commands/panel_requests.ts',
  'commands/panel_target.ts',
  'commands/requirements_offer.ts',
  'commands/rule_commands.ts',
  'commands/run_commands.ts',
  'commands/run_starter.ts',
  'commands/runs_filter.ts',
  'commands/serve_commands.ts',
  'commands/serve_menu.ts',
  'commands/server_commands.ts',
  'commands/server_reports.ts',
  'commands/serving.ts',
  'commands/session_commands.ts',
  'commands/session_resume.ts',
  'commands/target_pick.ts',
  'commands/verify_commands.ts',
  'extension.ts',
  'panel/error_words.ts',
  'panel/output_words.ts',
  'panel/form_words.ts',
  'panel/run_panels.ts',
  'panel/session_panels.ts',
  'panel/session_words.ts',
  'panel/trace_words.ts',
  'panel/words.ts',
  'python/agent_interpreter.ts',
  'python/extension_rungs.ts',
  'python/interpreters.ts',
  'questions.ts',
  'server/deleted_folders.ts',
  'server/session.ts',
  'tasks/task_provider.ts',
  'views/agent_logs.ts',
  'views/agent_sessions.ts',
  'views/agents_view.ts',
  'views/container.ts',
  'views/history_words.ts',
  'views/language_status.ts',
  'views/problem_badges.ts',
  'views/runs_view.ts',
  'views/serve_status.ts',
  'views/test_explorer.ts',
  'views/test_profiles.ts',
  'views/test_runs.ts',
  'views/text_documents.ts',
  'views/tree_item.ts',
]);

/** Rooms that decide; those that ask and draw stand on them. */
const DECIDING = [
  'agents',
  'batch',
  'cases',
  'checking',
  'cloud',
  'debugging',
  'form',
  'history',
  'output',
  'runs',
  'serving',
  'sessions',
  'trace',
];
const DRAWING = /^(?:commands|panel|views)\//;

/** What the pages stand on; the rest is for the host side. */
const BELOW_PAGES =
  /^(?:(?:cases|form|output|panel|runs|sessions|trace)\/|[a-z_]+\.ts$|server\/protocol\.generated\.ts$)/;

/** Ours, or a library made for pages. */
const BROWSER_LIBRARIES = /^\.\.?\/|^lit(?:\/|$)|^@vscode-elements\/elements\/|^(?:markdown-it|dompurify)$/;

const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.ts'));

function imports(file: string): string[] {
  const text = readFileSync(path.join(source, file), 'utf8');
  return [...text.matchAll(/^(?:import|export)(?:[^;]*?from)? '([^']+)'/gm)].map((match) => match[1] ?? '');
}

function target(file: string, specifier: string): string {
  return `${path.posix.join(path.posix.dirname(file), specifier)}.ts`;
}

function targets(file: string): string[] {
  return imports(file)
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => target(file, specifier));
}

describe('the layers of the extension', () => {
  it.each(DECIDING)('%s knows nothing of what asks and draws', (room) => {
    const own = files.filter((file) => file.startsWith(`${room}/`));
    expect(own).not.toEqual([]);
    for (const file of own) {
      for (const other of targets(file)) expect(other, file).not.toMatch(DRAWING);
    }
  });

  it('asks only where it is known that a question is open', () => {
    for (const file of files.filter((one) => one !== 'questions.ts')) {
      const text = readFileSync(path.join(source, file), 'utf8');
      expect(text, file).not.toMatch(/window\s*\.\s*(?:showQuickPick|showInputBox)\b/);
    }
  });

  it('lets no modules import one another, not even for types', () => {
    let left = files;
    let before = 0;
    while (left.length !== before) {
      before = left.length;
      const still = new Set(left);
      left = left.filter((file) => targets(file).some((other) => still.has(other)));
    }
    expect(left).toEqual([]);
  });

  it('lets a reader of traces know events and fields alone', () => {
    const readers = files.filter((file) => /^trace\/readers\/(?!registry)/.test(file));
    expect(readers).toContain('trace/readers/agent_runtime.ts');
    for (const file of readers) {
      for (const other of targets(file)) {
        expect(other, file).toMatch(/^(?:trace\/(?:trace_event|readers\/(?!registry)\w+)|json_value)\.ts$/);
      }
    }
  });

  it.each(files.filter((file) => !EDITOR_MODULES.has(file)))('%s decides without the editor', (file) => {
    const touched = imports(file).filter(
      (specifier) =>
        /^vscode(?:$|-languageclient)/.test(specifier) ||
        (specifier.startsWith('.') && EDITOR_MODULES.has(target(file, specifier))),
    );
    expect(touched).toEqual([]);
  });

  it('lists only modules that exist and use the editor', () => {
    for (const file of EDITOR_MODULES) {
      expect(files).toContain(file);
      expect(imports(file), file).toEqual(
        expect.arrayContaining([expect.stringMatching(/^vscode|run_panels|^\.\/notify$/)]),
      );
    }
  });

  it('keeps the browser side away from Node and from the host side', () => {
    for (const file of files.filter((name) => name.startsWith('panel/webview/'))) {
      for (const specifier of imports(file)) {
        expect(specifier, file).toMatch(BROWSER_LIBRARIES);
        expect(EDITOR_MODULES.has(target(file, specifier)), `${file} -> ${specifier}`).toBe(false);
      }
      for (const other of targets(file)) expect(other, file).toMatch(BELOW_PAGES);
    }
  });

  it('never writes HTML on the browser side', () => {
    for (const file of files.filter((name) => name.startsWith('panel/webview/'))) {
      const text = readFileSync(path.join(source, file), 'utf8');
      expect(text, file).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser/);
    }
  });
});
