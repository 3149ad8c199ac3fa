import type { EntrypointReport, VerifyResult } from '../server/protocol.generated';
import type { Translate } from '../translate';
import { failureText } from './log_text';

/** What an import of the entrypoints has shown, as a text to look at. */
export function verifyText(name: string, result: VerifyResult, t: Translate): string {
  const good = result.entrypoints.filter(isGood).length;
  const python = result.python === undefined ? '' : `Python ${result.python}, `;
  const sections = [
    t('{0}: {1} of {2} entrypoints can be called', name, good, result.entrypoints.length),
    `${python}${result.interpreter}`,
    ...startFailure(result),
    ...result.entrypoints.map((report) => reportText(report, t)),
  ];
  return `${sections.join('\n\n')}\n`;
}

/** Whether the agent starts and every entrypoint can be called. */
export function allGood(result: VerifyResult): boolean {
  return result.failure === undefined && result.entrypoints.every(isGood);
}

/** Why the agent does not start, unless an entrypoint says the same. */
function startFailure({ failure, entrypoints }: VerifyResult): string[] {
  const isRepeated = entrypoints.some((report) => report.failure?.message === failure?.message);
  return failure === undefined || isRepeated ? [] : [failureText(failure)];
}

function isGood({ exists, callable, failure }: EntrypointReport): boolean {
  return exists && callable !== false && failure === undefined;
}

function reportText(report: EntrypointReport, t: Translate): string {
  const facts: [string, string | undefined][] = [
    [t('exists'), yesNo(report.exists, t)],
    [t('can be called'), yesNo(report.callable, t)],
    [t('kind'), report.kind],
    [t('signature'), report.signature],
    [t('streams'), yesNo(report.streams, t)],
    [t('defined in'), placeOf(report)],
  ];
  const known = facts.filter((fact): fact is [string, string] => fact[1] !== undefined);
  const width = Math.max(...known.map(([label]) => label.length));
  const lines = known.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`);
  const failure = report.failure === undefined ? [] : [indented(failureText(report.failure))];
  return [`${isGood(report) ? '✓' : '✗'} ${report.tag}`, ...lines, ...failure].join('\n');
}

function yesNo(value: boolean | undefined, t: Translate): string | undefined {
  if (value === undefined) return undefined;
  return value ? t('yes') : t('no');
}

function placeOf({ uri, line }: EntrypointReport): string | undefined {
  if (uri === undefined) return undefined;
  const file = decodeURIComponent(uri.slice(uri.lastIndexOf('/') + 1));
  return line === undefined ? file : `${file}:${line + 1}`;
}

function indented(text: string): string {
  return text.replace(/^/gm, '  ');
}
