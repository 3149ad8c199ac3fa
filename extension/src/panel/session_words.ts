import { l10n } from 'vscode';
import type { ColumnWords, GraphWords, SessionWords } from '../sessions/words';

/** The words of the page of a session in the user's language. `{0}` and so on are filled in by the page. */
export function sessionWords(): SessionWords {
  return {
    loading: l10n.t('Reading the session…'),
    states: { running: l10n.t('Running'), interrupted: l10n.t('Interrupted'), ended: l10n.t('Ended') },
    reasons: {
      answered: l10n.t('Answered'),
      max_iterations: l10n.t('Ended: no steps left'),
      token_budget: l10n.t('Ended: no tokens left'),
      time_limit: l10n.t('Ended: no time left'),
      cancelled: l10n.t('Cancelled'),
      failed: l10n.t('Failed'),
    },
    started: l10n.t('began {0}'),
    step: l10n.t('Step {0}'),
    steps: l10n.t('{0} steps'),
    oneStep: l10n.t('1 step'),
    entityCount: l10n.t('{0} entities'),
    oneEntity: l10n.t('1 entity'),
    forkedFrom: l10n.t('Branched off after step {0} of {1}'),
    answer: l10n.t('Answer'),
    state: l10n.t('Memory and graph'),
    memoryCut: l10n.t('There is more of it than is shown here.'),
    traceCut: l10n.t('There are more events than are shown here; `runagent-ls sessions` has all of them.'),
    showMore: l10n.t('Show More ({0} left)'),
    showAll: l10n.t('Show all {0} characters'),
    filter: l10n.t('Filter {0}'),
    filtered: l10n.t('{0} of {1} rows'),
    ...checkpointWords(),
    ...resumeWords(),
    ...tabWords(),
    columns: columnWords(),
    graph: graphWords(),
  };
}

function checkpointWords() {
  return {
    checkpoints: l10n.t('Checkpoints'),
    noCheckpoints: l10n.t('No step is complete yet.'),
    loadEarlier: l10n.t('Read Older Checkpoints'),
    showEarlier: l10n.t('Show Earlier Checkpoints'),
    tokens: l10n.t('{0} → {1} tokens'),
    noTool: l10n.t('unreadable output'),
    errors: {
      not_found: l10n.t('no such tool'),
      transient: l10n.t('failed for now'),
      permanent: l10n.t('failed'),
      malformed: l10n.t('did not fit'),
      interrupted: l10n.t('interrupted'),
    },
  };
}

function resumeWords() {
  return {
    afterStep: l10n.t('After step {0}'),
    latest: l10n.t('Latest'),
    resume: l10n.t('Resume Session'),
    resumeFrom: l10n.t('Resume from Step {0}'),
    goesOn: l10n.t('This session goes on where it was interrupted; tools that were done are not run again.'),
    forks: l10n.t('A new session goes on from there; this one stays as it is.'),
    hasEnded: l10n.t('It has ended. It can be resumed from one of its checkpoints.'),
    isRunning: l10n.t('It can be resumed once it no longer runs.'),
  };
}

function tabWords(): Pick<SessionWords, 'tabs' | 'notes' | 'nothing'> {
  return {
    tabs: {
      working: l10n.t('Working'),
      episodic: l10n.t('Episodic'),
      semantic: l10n.t('Semantic'),
      graph: l10n.t('Graph'),
      trace: l10n.t('Trace'),
    },
    notes: {
      working: l10n.t('What the model is told in each step, as of this one.'),
      episodic: l10n.t('What the agent remembers from all its sessions, as of now.'),
      semantic: l10n.t('What the agent knows in all its sessions, as of now.'),
      graph: l10n.t('What this session knew of things and how they belong together, as of this step.'),
      trace: l10n.t('All that was done in this session.'),
    },
    nothing: {
      working: l10n.t('Nothing was in working memory at this step.'),
      episodic: l10n.t('The agent remembers no events.'),
      semantic: l10n.t('The agent has remembered no facts.'),
      graph: l10n.t('The knowledge graph was empty at this step.'),
      trace: l10n.t('Reading what was done…'),
    },
  };
}

function columnWords(): ColumnWords {
  return {
    key: l10n.t('Key'),
    value: l10n.t('Value'),
    text: l10n.t('Text'),
    tags: l10n.t('Tags'),
    importance: l10n.t('Importance'),
    recalls: l10n.t('Recalls'),
    created: l10n.t('Remembered'),
    recalled: l10n.t('Last recalled'),
    entity: l10n.t('Entity'),
    kind: l10n.t('Kind'),
    properties: l10n.t('Properties'),
    relations: l10n.t('Relations'),
    from: l10n.t('From'),
    relation: l10n.t('Relation'),
    to: l10n.t('To'),
  };
}

function graphWords(): GraphWords {
  return {
    picture: l10n.t('Picture of {0} and {1}; tables of both follow'),
    relationCount: l10n.t('{0} relations'),
    oneRelation: l10n.t('1 relation'),
    keys: l10n.t('Arrow keys move the picture, + and − zoom, 0 shows all of it. Ctrl+wheel zooms.'),
    zoomIn: l10n.t('Zoom In'),
    zoomOut: l10n.t('Zoom Out'),
    fit: l10n.t('Show Whole Graph'),
    drawnPart: l10n.t('The {0} best connected of {1} entities are drawn; the tables have all.'),
    cut: l10n.t('The graph is larger: only {0} entities are here.'),
    kinds: l10n.t('Kinds of entities'),
    entities: l10n.t('Entities'),
    relations: l10n.t('Relations'),
    noRelations: l10n.t('No relations.'),
    noKind: l10n.t('without a kind'),
  };
}
