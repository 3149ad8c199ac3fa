import * as vscode from 'vscode';
import type { ApiKey } from '../cloud/api_key';
import { CloudConsent } from '../cloud/consent';
import type { AgentServer } from '../server/agent_server';
import { askForKey } from './api_key_commands';

const { l10n } = vscode;

/** Stands before every run in the cloud: asks once for each address in this workspace what may leave for it. */
export class CloudGate {
  readonly #consent: CloudConsent;

  constructor(
    memory: vscode.Memento,
    private readonly server: () => Promise<AgentServer>,
    private readonly apiKey: ApiKey,
  ) {
    this.#consent = new CloudConsent(memory);
  }

  /** Whether inputs may go where runs of this agent in the cloud go now. */
  async opens(configUri: string): Promise<boolean> {
    const { baseUrl } = await (await this.server()).request('runagent/cloud', { configUri });
    if (this.#consent.isGiven(baseUrl)) return true;
    const yes = l10n.t('Allow');
    const question = l10n.t('Send inputs from this workspace to {0}?', baseUrl);
    const detail = l10n.t(
      'For runs in the cloud that you start, these leave this machine: the inputs you enter or give as the file of a batch, the agent’s id, the entrypoint’s name, and your API key. The cloud runs the agent as it was deployed there; your files are not sent. You are asked once for this address in this workspace.',
    );
    const answer = await vscode.window.showWarningMessage(question, { modal: true, detail }, yes);
    if (answer !== yes) return false;
    await this.#consent.give(baseUrl);
    return true;
  }

  /** The same, and that there is a key: asks for one where there is none. */
  async opensWithKey(configUri: string): Promise<boolean> {
    if (!(await this.opens(configUri))) return false;
    const { hasKey } = await (await this.server()).request('runagent/cloud', { configUri });
    return hasKey || (await askForKey(this.apiKey));
  }
}
