import * as vscode from 'vscode';
import { nextTarget } from '../panel/next_target';
import type { RunView } from '../panel/run_view';
import { showInputBox, showQuickPick } from '../questions';
import type { Address } from '../runs/run';
import { addressText, parseAddress } from '../runs/run_options';
import type { AgentServer } from '../server/agent_server';
import type { CloudGate } from './cloud_gate';
import { reportFailure } from './server_reports';
import type { Serving } from './serving';

const { l10n } = vscode;

export interface TargetParts {
  readonly server: () => Promise<AgentServer>;
  readonly gate: CloudGate;
  readonly serving: Serving;
}

/** Says on the page where the next run goes. Nobody is asked but our own server, and that only for the cloud's address. */
export async function showTarget(view: RunView, { server, serving }: TargetParts): Promise<void> {
  const { configUri } = view.entrypoint;
  const known = {
    setting: addressOfSettings(configUri),
    served: serving.served.statusOf(configUri),
    cloudUrl: undefined,
  };
  view.goesTo(nextTarget(view.options, known, l10n.t));
  if (view.options.cloud !== true) return;
  try {
    const { baseUrl } = await (await server()).request('runagent/cloud', { configUri });
    view.goesTo(nextTarget(view.options, { ...known, cloudUrl: baseUrl }, l10n.t));
  } catch (error) {
    reportFailure(error);
  }
}

/** Lets the user say where runs from this page go. */
export async function chooseTarget(view: RunView, parts: TargetParts): Promise<void> {
  const { cloud: _cloud, address: before, ...others } = view.options;
  const chosen = await showQuickPick(choices(view), {
    title: l10n.t('Where {0} runs', view.entrypoint.tag),
    placeHolder: l10n.t('For the runs from this page, until it is closed'),
  });
  if (chosen === undefined) return;
  if (chosen.place === 'settings') {
    await vscode.commands.executeCommand('workbench.action.openSettings', 'runagent.target');
    return;
  }
  if (chosen.place === 'cloud') {
    if (!(await parts.gate.opensWithKey(view.entrypoint.configUri))) return;
    view.choose({ ...others, cloud: true });
  } else if (chosen.place === 'address') {
    const address = await askAddress(before);
    if (address === undefined) return;
    view.choose({ ...others, address });
  } else {
    view.choose(others);
  }
  await showTarget(view, parts);
}

type Place = 'usual' | 'address' | 'cloud' | 'settings';

function choices(view: RunView): (vscode.QuickPickItem & { readonly place?: Place })[] {
  const setting = addressOfSettings(view.entrypoint.configUri);
  const usual =
    setting === undefined
      ? {
          label: l10n.t('$(vm) This machine'),
          detail: l10n.t('The agent as it is served here; it is started when it is needed.'),
        }
      : {
          label: l10n.t('$(settings-gear) As in the settings'),
          detail: l10n.t('The agent at {0}.', addressText(setting)),
        };
  return [
    { place: 'usual', ...usual },
    {
      place: 'address',
      label: l10n.t('$(plug) An address…'),
      detail: l10n.t('An agent that somebody serves, here or elsewhere, by host and port.'),
    },
    {
      place: 'cloud',
      label: l10n.t('$(cloud) RunAgent Cloud'),
      detail: l10n.t('The agent as it was deployed there. Inputs leave this machine.'),
    },
    { label: '', kind: vscode.QuickPickItemKind.Separator },
    {
      place: 'settings',
      label: l10n.t('$(gear) Open Settings'),
      detail: l10n.t('Where the runs of this agent go unless a page says otherwise.'),
    },
  ];
}

function askAddress(before: Address | undefined): Thenable<Address | undefined> {
  return showInputBox({
    title: l10n.t('Address of the agent'),
    prompt: l10n.t('Host and port. Inputs are sent there without encryption.'),
    placeHolder: 'localhost:8450',
    value: before === undefined ? '' : addressText(before),
    validateInput: (text) =>
      text.trim() === '' || parseAddress(text) !== undefined
        ? undefined
        : l10n.t('Write a host and a port, such as {0}.', 'localhost:8450'),
  }).then((text) => (text === undefined ? undefined : parseAddress(text)));
}

/** The address of the settings, if there is one. */
export function addressOfSettings(configUri: string): Address | undefined {
  const settings = vscode.workspace.getConfiguration('runagent.target', vscode.Uri.parse(configUri));
  const host: unknown = settings.get('host');
  const port: unknown = settings.get('port');
  if (typeof host !== 'string' || host === '' || typeof port !== 'number') return undefined;
  return { host, port };
}
