import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: fileURLToPath(new URL('.', import.meta.url)),
    include: ['**/*.test.ts'],
    sequence: { shuffle: true },
    // Tests wait for a browser most of the time; by itself Vitest leaves one processor free.
    maxWorkers: '100%',
    // What a browser or another program is to do may take long where others use the processors too.
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
