import type { EntrypointInfo, ParameterInfo } from '../../../extension/src/server/protocol.generated';

export function parameter(
  name: string,
  schema: ParameterInfo['schema'] = {},
  more: Partial<ParameterInfo> = {},
): ParameterInfo {
  return {
    name,
    kind: 'positional_or_keyword',
    required: true,
    annotation: null,
    defaultText: null,
    description: null,
    schema,
    ...more,
  };
}

export function entrypoint(parameters: ParameterInfo[], more: Partial<EntrypointInfo> = {}): EntrypointInfo {
  return {
    tag: 'greet',
    kind: 'python',
    streams: false,
    signature: 'greet(…)',
    documentation: null,
    parameters,
    inputSchema: {},
    ...more,
  };
}
