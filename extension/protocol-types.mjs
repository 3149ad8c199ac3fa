// Writes extension/src/server/protocol.generated.ts from schemas/protocol.schema.json, the one source of truth
// for the messages beyond LSP. `node extension/protocol-types.mjs` refreshes the file; a test compares it.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { compile } from 'json-schema-to-typescript';

const schemaFile = new URL('../schemas/protocol.schema.json', import.meta.url);
export const generatedFile = new URL('./src/server/protocol.generated.ts', import.meta.url);

const banner =
  '// Generated from schemas/protocol.schema.json by extension/protocol-types.mjs. Do not edit.\n';

/** The TypeScript text for the schema as it stands now. */
export async function protocolTypes() {
  const schema = JSON.parse(await readFile(schemaFile, 'utf8'));
  const types = await Promise.all(Object.keys(schema.$defs).map((name) => declaration(name, schema.$defs)));
  return [banner, ...types, ...messageMaps(schema['x-messages'])].join('\n');
}

/** One definition alone: references to other definitions become plain type names. */
function declaration(name, definitions) {
  const alone = JSON.parse(JSON.stringify(definitions[name]), (_key, value) => {
    if (typeof value?.$ref === 'string') return { tsType: value.$ref.replace('#/$defs/', '') };
    // A schema that only describes allows any value; the generator would make an object of it.
    const describesOnly = typeof value?.description === 'string' && Object.keys(value).length === 1;
    return describesOnly ? { ...value, tsType: 'unknown' } : value;
  });
  return compile(alone, name, { bannerComment: '', additionalProperties: true, unknownAny: true });
}

function messageMaps(messages) {
  const select = (direction, isRequest) =>
    Object.entries(messages).filter(
      ([, message]) => message.direction === direction && 'result' in message === isRequest,
    );
  const requests = select('clientToServer', true).map(
    ([method, message]) => `  '${method}': { params: ${message.params}; result: ${message.result} };`,
  );
  const outgoing = select('clientToServer', false).map(
    ([method, message]) => `  '${method}': ${message.params};`,
  );
  const incoming = select('serverToClient', false).map(
    ([method, message]) => `  '${method}': ${message.params};`,
  );
  return [
    `/** Requests the editor sends. */\nexport interface Requests {\n${requests.join('\n')}\n}\n`,
    `/** Notifications the editor sends. */\nexport interface ClientNotifications {\n${outgoing.join('\n')}\n}\n`,
    `/** Notifications the server sends. */\nexport interface ServerNotifications {\n${incoming.join('\n')}\n}\n`,
  ];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeFile(generatedFile, await protocolTypes());
}
