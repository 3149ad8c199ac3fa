import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { generatedFile, protocolTypes } from '../../extension/protocol-types.mjs';

it('has types that were generated from the schema as it stands', async () => {
  expect(readFileSync(generatedFile, 'utf8')).toBe(await protocolTypes());
});
