import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import {
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
  Trace,
  TraceFormat,
} from 'vscode-jsonrpc/node';
import { HIDDEN, SealedParams } from '../../../extension/src/server/sealed_params';

const KEY = 'rau_top-secret';
let ends: MessageConnection[] = [];

afterEach(() => {
  for (const end of ends) end.dispose();
  ends = [];
});

/** Two ends of a real connection; the first one writes through `sealed` and traces into `log`. */
async function tracedPair(sealed: SealedParams, format: TraceFormat) {
  const [there, back] = [new PassThrough(), new PassThrough()];
  const writer = new StreamMessageWriter(there);
  const write = writer.write.bind(writer);
  writer.write = (message) => write(sealed.open(message));
  const client = createMessageConnection(new StreamMessageReader(back), writer);
  const server = createMessageConnection(new StreamMessageReader(there), new StreamMessageWriter(back));
  ends = [client, server];
  const log: string[] = [];
  const tracer = { log: (...parts: unknown[]) => void log.push(JSON.stringify(parts)) };
  for (const end of ends) end.listen();
  await client.trace(Trace.Verbose, tracer, { traceFormat: format });
  return { client, server, log };
}

describe('a secret in a message', () => {
  it.each([TraceFormat.Text, TraceFormat.JSON])('arrives, but is not in a trace as %s', async (format) => {
    const sealed = new SealedParams();
    const { client, server, log } = await tracedPair(sealed, format);
    const received = new Promise((resolve) => server.onNotification('runagent/apiKey', resolve));
    await client.sendNotification('runagent/apiKey', sealed.seal({ key: KEY }));
    expect(await received).toEqual({ key: KEY });
    expect(log.join()).toContain('runagent/apiKey');
    expect(log.join()).toContain(HIDDEN);
    expect(log.join()).not.toContain(KEY);
  });

  it('that is none stays none', () => {
    const sealed = new SealedParams();
    expect(sealed.seal({ key: null })).toEqual({ key: null });
  });

  it('leaves other messages as they are', () => {
    const sealed = new SealedParams();
    sealed.seal({ key: KEY });
    for (const message of [{ method: 'exit' }, { params: null }, { params: { key: HIDDEN } }]) {
      expect(sealed.open(message)).toBe(message);
    }
  });
});
