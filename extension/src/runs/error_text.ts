import type { RunError, TracebackFrame } from '../server/protocol.generated';
import { inputProblems } from './input_problems';

/** What went wrong in the words of whoever noticed, with the class of the exception where that is known. */
export function errorMessage({ message, details }: RunError): string {
  const exception = (details as { exception?: unknown } | null | undefined)?.exception;
  if (typeof exception !== 'string' || exception === '' || message.startsWith(exception)) return message;
  return message === '' ? exception : `${exception}: ${message}`;
}

/** An error as text, to be pasted into a report. */
export function errorText(error: RunError): string {
  const problems = inputProblems(error).map(({ where, message }) => `- ${[where, message].join(' ').trim()}`);
  const parts = [`${error.code}: ${errorMessage(error)}`, ...problems];
  if (error.frames !== undefined && error.frames.length > 0) {
    parts.push('', 'Traceback (innermost call last):', ...error.frames.flatMap(frameLines));
  }
  if (error.suggestion !== null) parts.push('', error.suggestion);
  return `${parts.join('\n')}\n`;
}

function frameLines({ file, line, function: name, text }: TracebackFrame): string[] {
  const place = `  File "${file}", line ${line + 1}${name === null ? '' : `, in ${name}`}`;
  return text === null ? [place] : [place, `    ${text}`];
}

/** What a server sent along with an error that nothing else of it shows; undefined when that is nothing. */
export function furtherDetails(error: RunError): string | undefined {
  const { details } = error;
  if (details === null || details === undefined || inputProblems(error).length > 0) return undefined;
  if (typeof details !== 'object' || Array.isArray(details)) {
    return typeof details === 'string' ? details : JSON.stringify(details, null, 2);
  }
  const {
    traceback,
    frames: _shown,
    exception: _told,
    kind: _seen,
    ...rest
  } = details as Record<string, unknown>;
  const parts = typeof traceback === 'string' && traceback !== '' ? [traceback.trimEnd()] : [];
  if (Object.keys(rest).length > 0) parts.push(JSON.stringify(rest, null, 2));
  return parts.length === 0 ? undefined : parts.join('\n\n');
}
