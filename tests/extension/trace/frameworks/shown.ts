import type { Part } from '../../../../extension/src/trace/entries';
import { OutputTrace } from '../../../../extension/src/trace/output_trace';
import { chunk } from '../../output/chunks';

/** The trace of pieces of output. */
export function traced(pieces: readonly unknown[]): OutputTrace {
  const output = new OutputTrace();
  for (const [index, piece] of pieces.entries()) {
    const isText = typeof piece === 'string';
    output.add(chunk(index, isText ? piece : JSON.stringify(piece), isText ? 'text' : 'value'));
  }
  return output;
}

/** A trace in few words, an entry a line. */
export function shown(output: OutputTrace): string[] {
  return output.trace.entries.map((entry) => {
    if (entry.kind === 'answer') return `answer: ${entry.text.text}`;
    if (entry.kind === 'end') return `end: ${entry.reason} ${entry.error?.text ?? ''}`.trim();
    if (entry.kind === 'session') return `session: ${entry.agent ?? ''}`.trim();
    const tokens = entry.tokens === null ? '' : ` (${entry.tokens.input}+${entry.tokens.output})`;
    return `${entry.name ?? 'step'}: ${entry.parts.map(part).join('; ')}${tokens}`;
  });
}

function part(each: Part): string {
  if (each.kind === 'thought') return (each.text.text ?? '').trim();
  if (each.kind !== 'call') return each.kind;
  const { observation } = each;
  const given = each.arguments.text?.replaceAll(/[\s"]/g, '');
  const result = observation?.content.text?.replaceAll(/[\s"]+/g, ' ').slice(0, 24);
  return `${each.tool}${given} ${observation === null ? '...' : observation.isOk ? '=' : '!'} ${result ?? ''}`;
}
