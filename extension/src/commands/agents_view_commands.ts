import * as vscode from 'vscode';
import { readReference } from '../runs/entrypoint_choice';
import type { AgentServer } from '../server/agent_server';
import { agentOf } from '../serving/agent_choice';
import { openPlace } from './open_place';
import { reportFailure } from './server_reports';

/** What the rows of the view of agents open. */
export function registerAgentsViewCommands(server: () => Promise<AgentServer>): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.commands.registerCommand('runagent.agents.openCode', (argument) =>
      openEntrypoint(server, argument, 'code'),
    ),
    vscode.commands.registerCommand('runagent.agents.openConfig', (argument) =>
      openEntrypoint(server, argument, 'config'),
    ),
  );
}

/**
 * The function of an entrypoint, or where it stands in the configuration; of an agent its configuration, at the first
 * error where no entrypoint can be read for it.
 */
async function openEntrypoint(
  server: () => Promise<AgentServer>,
  argument: unknown,
  wanted: 'code' | 'config',
): Promise<void> {
  try {
    const ready = await server();
    const reference = readReference(argument);
    if (reference === undefined) {
      const { projects } = await ready.request('runagent/projects', {});
      const agent = agentOf(projects, argument);
      if (agent !== undefined) await openPlace(agent.firstError ?? { uri: agent.configUri, line: 0 });
      return;
    }
    const { configUri, tag } = reference;
    const { codePlace, configPlace } = await ready.request('runagent/entrypoint', { configUri, tag });
    const place = wanted === 'code' ? (codePlace ?? configPlace) : configPlace;
    await openPlace(place ?? { uri: configUri, line: 0 });
  } catch (error) {
    reportFailure(error);
  }
}
