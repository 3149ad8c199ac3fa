import type { SessionState } from '../server/protocol.generated';

/** What is looked at of a session. */
export const SESSION_TABS = ['working', 'episodic', 'semantic', 'graph', 'trace'] as const;
export type SessionTab = (typeof SESSION_TABS)[number];

/** Words of the page of a session, translated on the host side; `{0}` and so on are filled in by the page. */
export interface SessionWords {
  readonly loading: string;
  readonly states: Readonly<Record<SessionState, string>>;
  /** Why a session ended, by the word of the runtime. */
  readonly reasons: Readonly<Record<string, string>>;
  /** Of when it began. */
  readonly started: string;
  readonly step: string;
  readonly steps: string;
  readonly oneStep: string;
  readonly entityCount: string;
  readonly oneEntity: string;
  /** Of the step of another session; a button. */
  readonly forkedFrom: string;
  readonly checkpoints: string;
  readonly noCheckpoints: string;
  readonly loadEarlier: string;
  readonly showEarlier: string;
  readonly tokens: string;
  readonly noTool: string;
  /** Of the kinds of errors of the runtime. */
  readonly errors: Readonly<Record<string, string>>;
  readonly afterStep: string;
  /** Of a session as it is. */
  readonly latest: string;
  readonly resume: string;
  readonly resumeFrom: string;
  /** What resuming does: the session goes on, or a new one does. */
  readonly goesOn: string;
  readonly forks: string;
  readonly isRunning: string;
  readonly hasEnded: string;
  readonly answer: string;
  readonly state: string;
  readonly tabs: Readonly<Record<SessionTab, string>>;
  /** What each of them is, and whether it belongs to the step. */
  readonly notes: Readonly<Record<SessionTab, string>>;
  readonly nothing: Readonly<Record<SessionTab, string>>;
  readonly memoryCut: string;
  readonly traceCut: string;
  readonly showMore: string;
  readonly showAll: string;
  /** Of a table, by its name. */
  readonly filter: string;
  /** How many of how many rows fit the filter. */
  readonly filtered: string;
  readonly columns: ColumnWords;
  readonly graph: GraphWords;
}

export interface ColumnWords {
  readonly key: string;
  readonly value: string;
  readonly text: string;
  readonly tags: string;
  readonly importance: string;
  readonly recalls: string;
  readonly created: string;
  readonly recalled: string;
  readonly entity: string;
  readonly kind: string;
  readonly properties: string;
  readonly relations: string;
  readonly from: string;
  readonly relation: string;
  readonly to: string;
}

export interface GraphWords {
  /** Of entities and relations, counted. */
  readonly picture: string;
  readonly relationCount: string;
  readonly oneRelation: string;
  readonly keys: string;
  readonly zoomIn: string;
  readonly zoomOut: string;
  readonly fit: string;
  /** How many of how many entities are drawn. */
  readonly drawnPart: string;
  readonly cut: string;
  readonly kinds: string;
  readonly entities: string;
  readonly relations: string;
  readonly noRelations: string;
  readonly noKind: string;
}
