import type { CloudResult } from '../server/protocol.generated';
import type { Translate } from '../translate';

/** What there is to say about the API key; never the key. */
export interface KeyStatus {
  readonly summary: string;
  readonly details: readonly string[];
  /** Whether the key is one that this editor keeps, and can forget. */
  readonly isOurs: boolean;
}

/** Which key runs in the cloud would use, whose it is, and where it would go. */
export function keyStatus(
  { hasKey, keySource, account, baseUrl, baseUrlSource }: CloudResult,
  t: Translate,
): KeyStatus {
  const address = [t('Runs in the cloud go to {0}.', baseUrl), addressSource(baseUrlSource, t)];
  const isOurs = keySource === 'given';
  if (!hasKey || keySource === null) {
    const nothing = t('Running agents on this machine needs none.');
    return { summary: t('No API key for RunAgent Cloud.'), details: [nothing, ...address], isOurs };
  }
  const whose = account === null ? [] : [t('It belongs to {0}.', account)];
  return { summary: keySources(t)[keySource], details: [...whose, ...address], isOurs };
}

function keySources(t: Translate): Readonly<Record<NonNullable<CloudResult['keySource']>, string>> {
  return {
    given: t('The API key is kept in this editor’s secret storage.'),
    stored: t('The API key is the one that "runagent setup" has stored.'),
    environment: t('The API key comes from the variable RUNAGENT_API_KEY.'),
  };
}

function addressSource(source: CloudResult['baseUrlSource'], t: Translate): string {
  switch (source) {
    case 'given':
      return t('This address comes from the setting runagent.cloud.baseUrl.');
    case 'environment':
      return t('This address comes from the variable RUNAGENT_BASE_URL.');
    case 'stored':
      return t('This address is the one that the runagent command has stored.');
    case 'default':
      return t('This is the public service.');
  }
}
