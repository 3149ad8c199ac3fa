/** A language that client code can be written in. */
export interface ClientLanguage {
  /** As the server names it. */
  readonly id: 'python' | 'typescript' | 'go' | 'rust' | 'curl';
  readonly label: string;
  /** What the code stands on. */
  readonly description: string;
}

export const CLIENT_LANGUAGES: readonly ClientLanguage[] = [
  { id: 'python', label: 'Python', description: 'package runagent' },
  { id: 'typescript', label: 'TypeScript', description: 'package runagent' },
  { id: 'go', label: 'Go', description: 'RunAgent module' },
  { id: 'rust', label: 'Rust', description: 'crate runagent' },
  { id: 'curl', label: 'curl', description: 'shell' },
];
