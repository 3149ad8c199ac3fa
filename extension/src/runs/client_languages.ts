import type { ClientLanguage } from '../server/protocol.generated';

/** A language that client code can be written in, for people. */
export interface LanguageChoice {
  readonly id: ClientLanguage;
  readonly label: string;
  /** What the code stands on. */
  readonly description: string;
}

export const CLIENT_LANGUAGES: readonly LanguageChoice[] = [
  { id: 'python', label: 'Python', description: 'package runagent' },
  { id: 'typescript', label: 'TypeScript', description: 'package runagent' },
  { id: 'go', label: 'Go', description: 'RunAgent module' },
  { id: 'rust', label: 'Rust', description: 'crate runagent' },
  { id: 'curl', label: 'curl', description: 'shell' },
];
