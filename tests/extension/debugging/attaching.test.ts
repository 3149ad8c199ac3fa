import * as path from 'node:path';
import { describe, expect, it } from 'vitest';
import { attachConfiguration, debugpyFolder, findDebugger } from '../../../extension/src/debugging/attaching';

const extension = (id: string, packageJSON: unknown) => ({ id, extensionPath: `/e/${id}`, packageJSON });
const python = extension('ms-python.debugpy', {
  contributes: { debuggers: [{ type: 'other' }, { type: 'debugpy' }] },
});

describe('the debugger for Python', () => {
  it('is the extension that contributes it', () => {
    const others = [
      extension('a.b', {}),
      extension('c.d', { contributes: { debuggers: [{ type: 'node' }, null] } }),
      extension('e.f', { contributes: { debuggers: 'wrong' } }),
      extension('g.h', undefined),
    ];
    expect(findDebugger([...others, python])).toBe(python);
    expect(findDebugger(others)).toBeUndefined();
  });

  it('brings the package along', () => {
    expect(debugpyFolder('/e/x', path.posix.join)).toBe('/e/x/bundled/libs');
  });

  it('attaches to this machine only', () => {
    expect(attachConfiguration('RunAgent: greet', 'file:///c', 5678)).toMatchObject({
      type: 'debugpy',
      request: 'attach',
      connect: { host: '127.0.0.1', port: 5678 },
      runagentConfigUri: 'file:///c',
    });
  });
});
