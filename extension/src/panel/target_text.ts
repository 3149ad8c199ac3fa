import type { Target } from '../server/protocol.generated';
import type { TargetWords } from './messages';

/** Where a run goes and what leaves the machine with it, in parts for people. */
export function targetParts(target: Target, words: TargetWords): string[] {
  const where = target.cloud ? words.ranInCloud : words.ranOn;
  return [
    where.replace('{0}', () => target.address),
    words.sources[target.source],
    target.leavesMachine ? words.leftTheMachine : words.onThisMachine,
    ...(target.copiesToCloud ? [words.copiesToCloud] : []),
  ];
}

/** Whether inputs, or a copy of them, go anywhere else. */
export function isShared(target: Target): boolean {
  return target.leavesMachine || target.copiesToCloud === true;
}
