import type { ClientLanguage } from '../server/protocol.generated';
import type { Translate } from '../translate';

/** A language that client code can be written in, for people. */
export interface LanguageChoice {
  readonly id: ClientLanguage;
  readonly label: string;
  /** What the code stands on. */
  readonly description: string;
}

export function clientLanguages(t: Translate): readonly LanguageChoice[] {
  return [
    { id: 'python', label: 'Python', description: t('package {0}', 'runagent') },
    { id: 'typescript', label: 'TypeScript', description: t('package {0}', 'runagent') },
    { id: 'go', label: 'Go', description: t('RunAgent module') },
    { id: 'rust', label: 'Rust', description: t('crate {0}', 'runagent') },
    { id: 'curl', label: 'curl', description: t('shell') },
  ];
}
