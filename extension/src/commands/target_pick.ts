import * as vscode from 'vscode';
import { showQuickPick } from '../questions';

const { l10n } = vscode;

/** Whether the cloud is meant rather than the agent that runs are sent to otherwise; undefined: nothing was chosen. */
export async function pickCloud(
  title: string,
  placeHolder: string,
  cloudDetail: string,
): Promise<boolean | undefined> {
  const local = {
    label: l10n.t('$(vm) The running agent'),
    detail: l10n.t('Served on this machine, or at the address in the settings.'),
    cloud: false,
  };
  const cloud = { label: l10n.t('$(cloud) RunAgent Cloud'), detail: cloudDetail, cloud: true };
  return (await showQuickPick([local, cloud], { title, placeHolder, ignoreFocusOut: true }))?.cloud;
}
