import { access, constants, realpath, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import * as path from 'node:path';
import type { Translate } from '../translate';
import type { Rung } from './ladder';

const isWindows = process.platform === 'win32';
const SETTING_LIMIT_MS = 10_000;
const VENV_LIMIT_MS = 10_000;
const PATH_LIMIT_MS = 20_000;

export function settingRungName(t: Translate): string {
  return t('the setting {0}', 'runagent.interpreter');
}

/** `~`, `${workspaceFolder}` and `${env:NAME}` replaced; a bare name stays one, to be found on the PATH. */
export function expandSetting(
  value: string,
  workspaceFolder: string | undefined,
  environment: NodeJS.ProcessEnv,
): string {
  const expanded = value
    .trim()
    .replace(/^~(?=$|[\\/])/, homedir())
    .replace(/\$\{workspaceFolder\}/g, workspaceFolder ?? '')
    .replace(/\$\{env:([^}]+)\}/g, (_all, name: string) => environment[name] ?? '');
  const isBareName = !/[\\/]/.test(expanded);
  if (isBareName || path.isAbsolute(expanded) || workspaceFolder === undefined) return expanded;
  return path.join(workspaceFolder, expanded);
}

/** What the user wrote into the setting: a program, or the folder of a virtual environment. */
export function settingRung(setting: string, searchPath: () => Promise<string[]>, t: Translate): Rung {
  return {
    name: settingRungName(t),
    limitMs: SETTING_LIMIT_MS,
    candidates: async () => {
      if (setting === '') return { absent: t('is not set'), isUnused: true };
      if (!/[\\/]/.test(setting)) {
        const found = (await searchPath()).filter((file) => programName(file) === programName(setting));
        return found.length > 0 ? found.slice(0, 1) : { absent: t('{0} is not on the PATH', setting) };
      }
      if (await isDirectory(setting)) return [environmentPython(setting)];
      return [setting];
    },
  };
}

/** `.venv` or `venv` directly in a workspace folder. Only for trusted workspaces: it runs what lies there. */
export function workspaceEnvironmentRung(folders: readonly string[], t: Translate): Rung {
  return {
    name: t("the workspace's .venv"),
    limitMs: VENV_LIMIT_MS,
    candidates: async () => {
      const places = folders.flatMap((folder) =>
        ['.venv', 'venv'].map((name) => environmentPython(path.join(folder, name))),
      );
      const present = await filterAsync(places, isExecutable);
      return present.length > 0 ? present : { absent: t('does not exist') };
    },
  };
}

/** Every Python on the PATH that `searchPath` finds, in its order. */
export function pathRung(searchPath: () => Promise<string[]>, t: Translate): Rung {
  return {
    name: t('the PATH'),
    limitMs: PATH_LIMIT_MS,
    candidates: async () => {
      const found = await searchPath();
      return found.length > 0 ? found : { absent: t('has no python3 or python') };
    },
  };
}

const NAMES = ['python3', 'python', ...[15, 14, 13, 12, 11].map((minor) => `python3.${minor}`)];

/**
 * Absolute paths of the Pythons in the folders of `pathVariable`, `python3` of every folder before `python` of any.
 * Relative entries are left out, and so is everything inside `forbidden` folders: in a workspace that is not
 * trusted, nothing that came with it may be started, not through a link either.
 */
export async function pythonsOnPath(pathVariable: string, forbidden: readonly string[]): Promise<string[]> {
  const folders = [...new Set(pathVariable.split(path.delimiter))].filter((folder) =>
    path.isAbsolute(folder),
  );
  const suffix = isWindows ? '.exe' : '';
  const files = NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name + suffix)));
  const barriers = await Promise.all(forbidden.map(resolved));
  const seen = new Set<string>();
  return filterAsync(files, async (file) => {
    if (!(await isExecutable(file))) return false;
    const target = await resolved(file);
    const outside = [...forbidden, ...barriers].every(
      (folder) => !isInside(file, folder) && !isInside(target, folder),
    );
    const isNew = !seen.has(target);
    seen.add(target);
    return outside && isNew;
  });
}

export function isInside(file: string, folder: string): boolean {
  const relative = path.relative(folder, file);
  return (
    relative === '' ||
    !(relative === '..' || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative))
  );
}

/** The Python of a virtual environment's folder. */
export function environmentPython(folder: string): string {
  return isWindows ? path.join(folder, 'Scripts', 'python.exe') : path.join(folder, 'bin', 'python');
}

function programName(file: string): string {
  return path.basename(file).replace(/\.exe$/i, '');
}

async function resolved(file: string): Promise<string> {
  return realpath(file).catch(() => file);
}

async function isDirectory(file: string): Promise<boolean> {
  return stat(file).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

async function isExecutable(file: string): Promise<boolean> {
  const [isFile, mayRun] = await Promise.all([
    stat(file).then(
      (found) => found.isFile(),
      () => false,
    ),
    access(file, constants.X_OK).then(
      () => true,
      () => false,
    ),
  ]);
  return isFile && mayRun;
}

/** In order, one after the other, because `keep` may remember what it saw. */
async function filterAsync<T>(items: readonly T[], keep: (item: T) => Promise<boolean>): Promise<T[]> {
  const kept: T[] = [];
  for (const item of items) if (await keep(item)) kept.push(item);
  return kept;
}
