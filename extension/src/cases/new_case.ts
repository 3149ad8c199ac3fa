import type { StoredRun } from '../history/transcript_text';
import { wholeText } from '../runs/display';
import type { OutputItem } from '../server/protocol.generated';
import type { Translate } from '../translate';

/** What a case expects, as `expect` of schemas/case.schema.json. */
export type Expectations = Readonly<Record<string, unknown>>;

/** What the new case can expect after a run. */
export interface ExpectationChoice {
  readonly label: string;
  readonly detail: string;
  readonly expect: Expectations | undefined;
}

/** The first that is sensible for a run comes first. */
export function expectationChoices(stored: StoredRun, t: Translate): ExpectationChoice[] {
  const { state } = stored.run.summary;
  const code = stored.run.error?.['code'];
  if (state === 'failed' && typeof code === 'string') {
    return [{ label: t('The same error'), detail: code, expect: { error: code } }, endsWell(t)];
  }
  const output = state === 'completed' ? wholeOutput(stored) : undefined;
  if (output === undefined) return [endsWell(t)];
  const { value } = output;
  return [{ label: t('The same result'), detail: excerpt(value), expect: { equals: value } }, endsWell(t)];
}

function endsWell(t: Translate): ExpectationChoice {
  return {
    label: t('That it ends without an error'),
    detail: t('Whatever the result is; what is expected can be written into the file later.'),
    expect: undefined,
  };
}

/**
 * The result of a call, or all of what a stream has sent: one text when all of it is text, else the list of its pieces.
 * Undefined when it was not kept as it was.
 */
export function wholeOutput({ run, items, hasMore }: StoredRun): { readonly value: unknown } | undefined {
  if (run.redacted && holdsRedacted(run.value, items)) return undefined;
  if (run.summary.kind === 'run') {
    const isWhole = 'value' in run && run.valueTruncatedFrom === undefined;
    return isWhole ? { value: run.value } : undefined;
  }
  const isWhole = !hasMore && run.droppedChunks === 0 && items.every((item) => isKept(item));
  if (!isWhole) return undefined;
  const isText = items.length > 0 && items.every(({ type }) => type === 'text');
  return { value: isText ? items.map(wholeText).join('') : items.map(pieceOf) };
}

function pieceOf(item: OutputItem): unknown {
  return item.type === 'value' ? item.value : wholeText(item);
}

function isKept({ type, truncatedFrom }: OutputItem): boolean {
  return type !== 'unknown-frame' && truncatedFrom === undefined;
}

function holdsRedacted(...values: readonly unknown[]): boolean {
  return JSON.stringify(values).includes('[redacted]');
}

const EXCERPT_LIMIT = 120;

function excerpt(value: unknown): string {
  const text = JSON.stringify(value) ?? 'null';
  // Icons are for us to set: what an agent wrote stays text.
  const plain = text.replaceAll('$(', '$ (');
  return plain.length > EXCERPT_LIMIT ? `${plain.slice(0, EXCERPT_LIMIT - 1)}…` : plain;
}

const NAME_LIMIT = 100;

/** Why a case cannot have this name, if so. */
export function problemOfName(name: string, t: Translate): string | undefined {
  const trimmed = name.trim();
  if (trimmed === '') return t('A case needs a name.');
  if (trimmed.length > NAME_LIMIT) return t('At most {0} characters.', NAME_LIMIT);
  return /\p{Cc}/u.test(trimmed) ? t('A name has no control characters.') : undefined;
}

/** A name that no case of the entrypoint has yet. */
export function freeName(taken: readonly string[], t: Translate): string {
  const used = new Set(taken.map((name) => name.toLowerCase()));
  for (let number = taken.length + 1; ; number++) {
    const name = t('case {0}', number);
    if (!used.has(name.toLowerCase())) return name;
  }
}
