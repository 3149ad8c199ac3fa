import { asJson, wholeText } from '../runs/display';
import type { CaseDetails, OutputItem } from '../server/protocol.generated';
import type { StoredRun } from './transcript_text';

/** Headings, translated where `vscode.l10n` is. */
export interface CaseWords {
  readonly inputs: string;
  readonly output: string;
  readonly error: string;
  readonly expectations: string;
  readonly nothingExpected: string;
}

/** A saved case and a run, laid out alike, so that a comparison shows what differs. */
export function caseComparison(
  saved: CaseDetails,
  stored: StoredRun,
  words: CaseWords,
): { readonly saved: string; readonly run: string } {
  const { equals, ...others } = saved.expect ?? {};
  const isExact = saved.expect !== null && 'equals' in saved.expect;
  const expected = [
    section(words.output, isExact ? textOf(equals) : words.nothingExpected),
    ...(Object.keys(others).length === 0 ? [] : [section(words.expectations, asJson(others))]),
  ];
  const { run, items } = stored;
  const inputs = (given: Pick<CaseDetails, 'args' | 'kwargs'>) =>
    section(
      words.inputs,
      asJson(given.args.length > 0 ? { args: given.args, kwargs: given.kwargs } : given.kwargs),
    );
  const output = 'value' in run ? textOf(run.value) : streamed(items, Array.isArray(equals));
  const failed = run.error === undefined ? [] : [section(words.error, errorText(run.error))];
  return {
    saved: [inputs(saved), ...expected].join('\n\n'),
    run: [inputs(run), section(words.output, output), ...failed].join('\n\n'),
  };
}

/** The pieces of a stream as one text, or as the list that the case has of them. */
function streamed(items: readonly OutputItem[], asList: boolean): string {
  if (asList) return asJson(items.map((item) => (item.type === 'value' ? item.value : wholeText(item))));
  return items.map((item) => wholeText(item)).join('');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : asJson(value);
}

function errorText({ code, message }: Record<string, unknown>): string {
  return `${code}: ${message}`;
}

function section(heading: string, text: string): string {
  return `${heading}\n${'-'.repeat(heading.length)}\n${text.trimEnd()}`;
}
