import * as vscode from 'vscode';
import { type TestNode, testTree } from '../cases/case_tree';
import type { AgentServer } from '../server/agent_server';
import type { CaseSummary } from '../server/protocol.generated';

const { l10n } = vscode;

/** The saved cases of all agents in VS Code's own test explorer. What runs them is given to `controller`. */
export class TestExplorer implements vscode.Disposable {
  readonly controller = vscode.tests.createTestController('runagent.cases', l10n.t('RunAgent Cases'));
  readonly #tags = new Map<string, vscode.TestTag>();
  #cases = new Map<string, CaseSummary>();
  #reading: Promise<void> | undefined;
  #isOutdated = false;

  /** `failed` hears why the cases could not be listed. */
  constructor(
    private readonly server: () => Promise<AgentServer>,
    private readonly failed: (error: unknown) => void,
  ) {
    this.controller.refreshHandler = () => this.refresh();
    this.controller.resolveHandler = (item) => (item === undefined ? this.refresh() : undefined);
  }

  dispose(): void {
    this.controller.dispose();
  }

  /** The case that an item stands for; undefined for those that hold others. */
  caseOf(item: vscode.TestItem): CaseSummary | undefined {
    return this.#cases.get(item.id);
  }

  /** Reads the cases anew. While that goes on, further wishes become one more reading. */
  refresh(): Promise<void> {
    if (this.#reading !== undefined) {
      this.#isOutdated = true;
      return this.#reading;
    }
    this.#reading = this.#readUntilCurrent().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #readUntilCurrent(): Promise<void> {
    do {
      this.#isOutdated = false;
      try {
        await this.#read();
      } catch (error) {
        this.failed(error);
      }
    } while (this.#isOutdated);
  }

  async #read(): Promise<void> {
    const server = await this.server();
    const [{ projects }, { cases }] = await Promise.all([
      server.request('runagent/projects', {}),
      server.request('runagent/cases', {}),
    ]);
    this.#cases = new Map(cases.map((one) => [one.uri, one]));
    this.#draw(this.controller.items, testTree(projects, cases));
    await vscode.commands.executeCommand('setContext', 'runagent.hasCases', cases.length > 0);
  }

  /** Items stay the same objects as long as they mean the same, because a run that goes on reports on them. */
  #draw(items: vscode.TestItemCollection, nodes: readonly TestNode[]): void {
    const kept = new Set(nodes.map(({ id }) => id));
    for (const [id] of items) if (!kept.has(id)) items.delete(id);
    for (const [index, node] of nodes.entries()) {
      const item = items.get(node.id) ?? this.#newItem(node);
      item.label = node.label;
      item.description = node.description ?? '';
      item.error = node.problem;
      item.sortText = String(index).padStart(6, '0');
      item.tags = node.tags.map((tag) => this.#tag(tag));
      if (items.get(node.id) === undefined) items.add(item);
      this.#draw(item.children, node.children);
    }
  }

  #newItem(node: TestNode): vscode.TestItem {
    const item = this.controller.createTestItem(node.id, node.label, vscode.Uri.parse(node.uri));
    // The mark with which a case is run stands beside the first line of its file.
    if (node.kind === 'case') item.range = new vscode.Range(0, 0, 0, 0);
    return item;
  }

  #tag(id: string): vscode.TestTag {
    const tag = this.#tags.get(id) ?? new vscode.TestTag(id);
    this.#tags.set(id, tag);
    return tag;
  }
}
