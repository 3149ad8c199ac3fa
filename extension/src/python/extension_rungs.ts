import * as vscode from 'vscode';
import type { Absent, Rung } from './ladder';

const LIMIT_MS = 8_000;
const ENVIRONMENTS_EXTENSION = 'ms-python.vscode-python-envs';
const PYTHON_EXTENSION = 'ms-python.python';

/** The part of the Python Environments extension's API that is used here. */
interface EnvironmentsApi {
  getEnvironment(scope: vscode.Uri | undefined): Promise<PythonEnvironment | undefined>;
  onDidChangeEnvironment?: vscode.Event<unknown>;
}

interface PythonEnvironment {
  readonly execInfo?: { readonly run?: { readonly executable?: string } };
}

/** The part of the Python extension's API that is used here. */
interface PythonApi {
  readonly environments?: {
    getActiveEnvironmentPath(resource?: vscode.Uri): { readonly path: string };
    resolveEnvironment(path: {
      readonly path: string;
    }): Promise<{ readonly executable?: { readonly uri?: vscode.Uri } } | undefined>;
    readonly onDidChangeActiveEnvironmentPath?: vscode.Event<unknown>;
  };
}

/** The environment chosen in the Python Environments extension. */
export function environmentsRung(folder: vscode.Uri | undefined): Rung {
  return {
    name: vscode.l10n.t('the Python Environments extension'),
    limitMs: LIMIT_MS,
    candidates: async () => {
      const api = await exportsOf<EnvironmentsApi>(ENVIRONMENTS_EXTENSION);
      if (isAbsent(api)) return api;
      const environment = await api.getEnvironment(folder);
      return oneOrAbsent(environment?.execInfo?.run?.executable);
    },
  };
}

/** The interpreter chosen in the Python extension. */
export function pythonExtensionRung(folder: vscode.Uri | undefined): Rung {
  return {
    name: vscode.l10n.t('the Python extension'),
    limitMs: LIMIT_MS,
    candidates: async () => {
      const api = await exportsOf<PythonApi>(PYTHON_EXTENSION);
      if (isAbsent(api)) return api;
      const environments = api.environments;
      if (environments === undefined) return { absent: vscode.l10n.t('is too old to be asked') };
      const active = environments.getActiveEnvironmentPath(folder);
      const environment = await environments.resolveEnvironment(active);
      return oneOrAbsent(environment?.executable?.uri?.fsPath);
    },
  };
}

/** Calls `changed` whenever another interpreter is chosen in one of the two extensions, once they are active. */
export async function watchExtensions(changed: () => void): Promise<vscode.Disposable> {
  const watches: vscode.Disposable[] = [];
  const environments = await exportsOf<EnvironmentsApi>(ENVIRONMENTS_EXTENSION).catch(() => undefined);
  if (environments !== undefined && !isAbsent(environments)) {
    const watch = environments.onDidChangeEnvironment?.(changed);
    if (watch !== undefined) watches.push(watch);
  }
  const python = await exportsOf<PythonApi>(PYTHON_EXTENSION).catch(() => undefined);
  if (python !== undefined && !isAbsent(python)) {
    const watch = python.environments?.onDidChangeActiveEnvironmentPath?.(changed);
    if (watch !== undefined) watches.push(watch);
  }
  return vscode.Disposable.from(...watches);
}

async function exportsOf<T extends object>(id: string): Promise<T | Absent> {
  const extension = vscode.extensions.getExtension<T>(id);
  if (extension === undefined) return { absent: vscode.l10n.t('is not installed') };
  const api = await extension.activate();
  return api ?? { absent: vscode.l10n.t('offers no interface') };
}

function isAbsent(value: object): value is Absent {
  return 'absent' in value;
}

function oneOrAbsent(executable: string | undefined): string[] | Absent {
  return executable ? [executable] : { absent: vscode.l10n.t('has no interpreter chosen') };
}
