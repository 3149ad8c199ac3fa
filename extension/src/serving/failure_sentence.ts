import type { ServeFailure } from '../server/protocol.generated';

/** Why an agent does not start, as short as a message has to be; with `suggesting`, what to do about it as well. */
export function failureSentence(failure: ServeFailure | undefined, suggesting: boolean): string {
  const reason = failure?.message.trim().split('\n')[0] ?? '';
  const sentence = reason === '' || /[.!?:]$/.test(reason) ? reason : `${reason}.`;
  return [sentence, suggesting ? failure?.suggestion : undefined].filter(Boolean).join(' ');
}
