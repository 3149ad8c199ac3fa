import type { AgentServer } from '../../../extension/src/server/agent_server';
import type { Requests } from '../../../extension/src/server/protocol.generated';

type Method = keyof Requests;

interface Question {
  readonly method: Method;
  readonly params: unknown;
  answer(result: unknown): void;
  refuse(error: Error): void;
}

/** A server whose questions wait until a test answers them. */
export class AskedServer implements AgentServer {
  readonly waiting: Question[] = [];

  request<M extends Method>(method: M, params: Requests[M]['params']): Promise<Requests[M]['result']> {
    return new Promise((answer, refuse) => {
      this.waiting.push({ method, params, answer: answer as Question['answer'], refuse });
    });
  }

  notify(): void {
    throw new Error('nothing is told here');
  }

  /** Answers the oldest question, and waits until it was taken. */
  async answer(result: unknown): Promise<void> {
    this.waiting.shift()?.answer(result);
    await settled();
  }

  async refuse(message: string): Promise<void> {
    this.waiting.shift()?.refuse(new Error(message));
    await settled();
  }
}

/** Once everything that does not wait for anybody has been done. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
