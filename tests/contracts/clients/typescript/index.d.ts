// The public signatures of RunAgent's TypeScript library 0.1.49.
export interface RunAgentConfig {
  agentId: string;
  entrypointTag: string;
  local?: boolean;
  host?: string;
  port?: number;
  apiKey?: string;
  baseUrl?: string;
  baseSocketUrl?: string;
  apiPrefix?: string;
  timeoutSeconds?: number;
  extraParams?: Record<string, unknown>;
  enableRegistry?: boolean;
  userId?: string;
  persistentMemory?: boolean;
}
export declare class RunAgentClient {
  constructor(config: RunAgentConfig);
  initialize(): Promise<RunAgentClient>;
  run(inputKwargs?: Record<string, unknown>): Promise<unknown>;
  runStream(inputKwargs?: Record<string, unknown>): AsyncGenerator<unknown, void, unknown>;
}
