import type { ServeFailure, ServeLogLine } from '../server/protocol.generated';

/** One line of an agent's log: when, which run wrote it, what. `tagOf` knows the runs of this window. */
export function logText(line: ServeLogLine, tagOf: (runId: string) => string | undefined): string {
  const time = new Date(line.atMs).toISOString().slice(11, 23);
  const mark = line.stream === 'stderr' ? ' !' : '';
  return `${time} [${source(line, tagOf)}]${mark} ${line.text}`;
}

function source({ runId, stream }: ServeLogLine, tagOf: (runId: string) => string | undefined): string {
  if (runId === null) return stream === 'server' ? 'server' : 'agent';
  const tag = tagOf(runId);
  const id = runId.slice(0, 8);
  return tag === undefined ? id : `${tag} ${id}`;
}

/** Why an agent does not start, as the log tells it: what was raised, and where in its own files. */
export function failureText({ code, message, suggestion, frames }: ServeFailure): string {
  const steps = frames.map(({ file, line, function: name, text }) => {
    const place = `  ${file}:${line + 1}${name === null ? '' : ` in ${name}`}`;
    return text === null ? place : `${place}\n    ${text.trim()}`;
  });
  return [`${code}: ${message}`, ...steps, ...(suggestion === undefined ? [] : [suggestion])].join('\n');
}
