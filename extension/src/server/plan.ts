import * as path from 'node:path';

/** A Python that may run the language server. */
export interface Interpreter {
  readonly executable: string;
  /** For people, such as `3.11.2`. */
  readonly version: string;
  /** Where it was found, for people, such as `the PATH`. */
  readonly origin: string;
}

/** Everything that decides how the server process is started. Two equal plans need no restart. */
export interface LaunchPlan {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly interpreter: Interpreter;
}

/**
 * The plan for `interpreter`. `-I -S` keep the user's own packages, PYTHON* variables and the workspace out of the
 * server, which brings its libraries along; the working folder is the extension's for the same reason.
 */
export function launchPlan(interpreter: Interpreter, extensionFolder: string): LaunchPlan {
  return {
    command: interpreter.executable,
    args: ['-I', '-S', path.join(extensionFolder, 'server', 'launch.py')],
    cwd: extensionFolder,
    interpreter,
  };
}

/** Whether a server started by `left` is as good as one started by `right`. */
export function samePlan(left: LaunchPlan, right: LaunchPlan): boolean {
  return (
    left.command === right.command &&
    left.cwd === right.cwd &&
    left.interpreter.version === right.interpreter.version &&
    left.args.length === right.args.length &&
    left.args.every((argument, index) => argument === right.args[index])
  );
}
