import * as vscode from 'vscode';
import { freeName, problemOfName } from '../cases/new_case';
import { sameInputs } from '../form/inputs_text';
import { withoutSecretFields } from '../form/secret_fields';
import type { OfferedCase } from '../panel/messages';
import type { RunView } from '../panel/run_view';
import { showInputBox } from '../questions';
import type { Inputs } from '../runs/inputs';
import type { AgentServer } from '../server/agent_server';
import { showInformation } from './notify';

const { l10n } = vscode;

/** The saved cases of a page's entrypoint. */
export class PanelCases {
  constructor(private readonly server: () => Promise<AgentServer>) {}

  /** Offers the cases that there are now. */
  async list(view: RunView): Promise<void> {
    const { configUri, tag } = view.entrypoint;
    const { cases } = await (await this.server()).request('runagent/cases', { configUri });
    const own = cases.filter((one) => one.configUri === configUri && one.tag === tag);
    view.offer(own.map(({ uri, name, problem }): OfferedCase => ({ uri, name, problem })));
    const chosen = own.find(({ uri, problem }) => uri === view.caseUri && problem === null);
    if (chosen === undefined) return;
    const { args, kwargs } = await (await this.server()).request('runagent/cases/get', { uri: chosen.uri });
    if (view.caseUri === chosen.uri) view.isCase(chosen.uri, { args, kwargs });
  }

  /** Puts the inputs of a case into the form; null: they stay, but are no case's any more. */
  async use(uri: string | null, view: RunView): Promise<void> {
    if (uri === null) {
      view.isCase(null, null);
      return;
    }
    const known = view.cases.find((one) => one.uri === uri);
    if (known === undefined) return;
    const { args, kwargs, userId, persistentMemory } = await (await this.server()).request(
      'runagent/cases/get',
      { uri },
    );
    view.use(
      uri,
      { args, kwargs },
      {
        ...(userId === undefined ? {} : { userId }),
        ...(persistentMemory === undefined ? {} : { persistentMemory }),
      },
    );
  }

  /** Saves the inputs into the case that they come from; what it expects stays as it is. */
  async save(view: RunView): Promise<void> {
    const known = view.cases.find(({ uri }) => uri === view.caseUri);
    if (known === undefined) await this.saveAs(view);
    else await this.#write(view, known.name, true);
  }

  /** Saves the inputs as a case that the user names. */
  async saveAs(view: RunView): Promise<void> {
    const taken = view.cases.map(({ name }) => name);
    const name = await showInputBox({
      title: l10n.t('Save inputs of {0} as a case', view.entrypoint.tag),
      prompt: l10n.t(
        'The case is a file in the agent’s folder {0}: it can be run as a test and shared.',
        '.runagent/cases',
      ),
      value: freeName(taken, l10n.t),
      validateInput: (text) => problemOfName(text, l10n.t) ?? takenAlready(text, taken),
    });
    if (name !== undefined) await this.#write(view, name.trim(), false);
  }

  async open(view: RunView): Promise<void> {
    // A page that came back names what it likes; only a case that is offered is opened.
    const known = view.cases.find(({ uri }) => uri === view.caseUri);
    if (known !== undefined) await vscode.window.showTextDocument(vscode.Uri.parse(known.uri));
  }

  async remove(view: RunView): Promise<void> {
    const known = view.cases.find(({ uri }) => uri === view.caseUri);
    if (known === undefined) return;
    const yes = l10n.t('Delete');
    const question = l10n.t('Delete the case {0}?', known.name);
    const detail = l10n.t('Its file is moved to the trash where there is one. The inputs stay in the form.');
    if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, yes)) !== yes) return;
    await trash(vscode.Uri.parse(known.uri));
    // The server hears of it from its watch of the files, a moment later.
    view.offer(view.cases.filter(({ uri }) => uri !== known.uri));
  }

  async #write(view: RunView, name: string, overwrite: boolean): Promise<void> {
    const { configUri, tag, userId, persistentMemory } = view.entrypoint;
    const inputs = await toShare(view);
    if (inputs === undefined) return;
    const { uri, saved } = await (await this.server()).request('runagent/cases/save', {
      configUri,
      tag,
      name,
      args: [...inputs.args],
      kwargs: { ...inputs.kwargs },
      overwrite,
      ...(userId === undefined ? {} : { userId }),
      ...(persistentMemory === undefined ? {} : { persistentMemory }),
    });
    if (!saved) {
      void showInformation(l10n.t('There is a case {0} already: save it under another name.', name));
      return;
    }
    view.isCase(uri, inputs);
    await this.list(view);
  }
}

/** The inputs as they may be shared with the code; undefined: the user does not want them saved. */
async function toShare({ info, inputs }: RunView): Promise<Inputs | undefined> {
  const shareable = withoutSecretFields(info, inputs);
  if (sameInputs(shareable, inputs)) return inputs;
  const without = l10n.t('Save Without Them');
  const all = l10n.t('Save All');
  const answer = await vscode.window.showWarningMessage(
    l10n.t('Some of these inputs look like secrets.'),
    { modal: true, detail: l10n.t('A case is a file that is shared with the code of the agent.') },
    without,
    all,
  );
  if (answer === all) return inputs;
  return answer === without ? shareable : undefined;
}

/** Names become files, and not every file system tells upper case from lower case. */
function takenAlready(text: string, taken: readonly string[]): string | undefined {
  const name = text.trim();
  const isTaken = taken.some((other) => other.toLowerCase() === name.toLowerCase());
  return isTaken ? l10n.t('There is a case {0} already.', name) : undefined;
}

/** Not every file system has a trash. */
async function trash(uri: vscode.Uri): Promise<void> {
  try {
    await vscode.workspace.fs.delete(uri, { useTrash: true });
  } catch {
    await vscode.workspace.fs.delete(uri);
  }
}
