/** An agent that answers with what may do harm, and a port that speaks no HTTP. */

import { createHash } from 'node:crypto';
import { createServer, type Server as HttpServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';

export interface HostileAgent {
  readonly port: number;
  /** From now on calls are answered with what is no JSON, and streams break off after one piece. */
  garble(): void;
  readonly noisePort: number;
  close(): Promise<void>;
}

const HARM = [
  '<script>globalThis.owned = true</script>',
  '<img src=x onerror="globalThis.owned = true">',
  '[press me](command:workbench.action.quit)',
  '\u001b]8;;command:workbench.action.quit\u0007link\u001b]8;;\u0007',
].join('\n');
const LONG_LINE = 'x'.repeat(10_000_000);

interface Config {
  agent_id: string;
  agent_architecture: { entrypoints: object[] };
}

export async function hostileAgent(config: Config): Promise<HostileAgent> {
  const sockets = new Set<Socket>();
  let garbled = false;
  const http = createServer((request, response) => {
    request.resume();
    response.setHeader('content-type', 'application/json');
    const isCall = request.method === 'POST';
    response.end(garbled && isCall ? '<p>Hello, I am a router.' : JSON.stringify(answer(request.url ?? '', config)));
  });
  http.on('upgrade', (request, socket) => {
    const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
    const accept = createHash('sha1').update(key).digest('base64');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    socket.once('data', () => {
      const messages = garbled ? stream('half of it').slice(0, -1) : stream(LONG_LINE);
      for (const message of messages) socket.write(frame(JSON.stringify(message)));
      if (garbled) socket.end();
    });
  });
  const noise = createTcpServer((socket) => socket.end('220 this is no web server\r\n'));
  for (const server of [http, noise]) {
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket)).on('error', () => sockets.delete(socket));
    });
  }
  const [port, noisePort] = await Promise.all([listen(http), listen(noise)]);
  return {
    port,
    noisePort,
    garble: () => {
      garbled = true;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await Promise.all([http, noise].map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}

function listen(server: HttpServer | Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

function answer(url: string, config: Config): unknown {
  if (url.includes('/health')) {
    return { status: 'healthy', server: 'hostile', agent_id: config.agent_id, version: '0' };
  }
  if (url.includes('/architecture')) {
    return { success: true, data: { agent_id: config.agent_id, entrypoints: config.agent_architecture.entrypoints } };
  }
  return {
    success: true,
    data: JSON.stringify({ type: 'string', payload: JSON.stringify(HARM) }),
    message: 'ok',
    error: null,
    timestamp: '2026-01-01T00:00:00',
    request_id: '00000000-0000-4000-8000-000000000000',
  };
}

function stream(text: string): object[] {
  const value = { type: 'string', payload: JSON.stringify(text) };
  return [
    { type: 'status', status: 'stream_started' },
    { type: 'data', content: JSON.stringify(value) },
    { type: 'status', status: 'stream_completed' },
  ];
}

function frame(text: string): Buffer {
  const body = Buffer.from(text);
  const head = Buffer.alloc(body.length < 126 ? 2 : 10);
  head[0] = 0x81;
  if (body.length < 126) head[1] = body.length;
  else {
    head[1] = 127;
    head.writeBigUInt64BE(BigInt(body.length), 2);
  }
  return Buffer.concat([head, body]);
}
