import * as vscode from 'vscode';
import { answerChunks, answerFind } from '../output/answers';
import type { OutputAction, OutputAnswer, OutputRequest } from '../output/messages';
import type { Run } from '../runs/run';
import type { TextDocuments } from '../views/text_documents';
import { reportFailure } from './server_reports';

const { l10n } = vscode;

/** Does what the output on a page asks for. */
export class OutputRequests {
  /** The newest search of each run: an older one ends when there is a newer. */
  readonly #searches = new WeakMap<Run, object>();

  constructor(private readonly documents: TextDocuments) {}

  /** `answer` goes to the page that has asked. */
  async received(request: OutputRequest, run: Run, answer: (answer: OutputAnswer) => void): Promise<void> {
    try {
      if (request.type === 'copyText') await vscode.env.clipboard.writeText(request.text);
      else if (request.type === 'openLink')
        await vscode.env.openExternal(vscode.Uri.parse(request.url, true));
      else if (request.runId === run.id) await this.#ofRun(request, run, answer);
    } catch (error) {
      reportFailure(error);
    }
  }

  /** The whole output as a document. */
  async open(run: Run): Promise<void> {
    const text = await documentOf(run);
    const ending = /^\s*[[{]/.test(text) ? 'json' : 'txt';
    await this.documents.show({ key: run.id, name: `${run.request.tag} output.${ending}`, text });
  }

  async #ofRun(
    request: Extract<OutputRequest, { runId: string }>,
    run: Run,
    answer: (answer: OutputAnswer) => void,
  ): Promise<void> {
    switch (request.type) {
      case 'drawn':
        run.gate.drawn(request.seq);
        break;
      case 'chunks':
        answer(await answerChunks(run.output, request));
        break;
      case 'find': {
        const search = {};
        this.#searches.set(run, search);
        answer(await answerFind(run.output, request, () => this.#searches.get(run) !== search));
        break;
      }
      case 'output':
        if (await this.#act(request.action, run)) {
          answer({ type: 'done', runId: run.id, action: request.action });
        }
        break;
    }
  }

  async #act(action: OutputAction, run: Run): Promise<boolean> {
    switch (action) {
      case 'copy':
        await vscode.env.clipboard.writeText(await documentOf(run));
        return true;
      case 'open':
        await this.open(run);
        return true;
      case 'save':
        return save(run);
    }
  }
}

function documentOf(run: Run): Promise<string> {
  return run.output.document((count) => l10n.t('{0} chunks were not kept', count));
}

/** Whether the user has named a file. */
async function save(run: Run): Promise<boolean> {
  const folder = vscode.Uri.joinPath(vscode.Uri.parse(run.request.configUri, true), '..');
  const name = `${run.request.tag.replace(/[^\w.-]/g, '_')}-output.md`;
  const uri = await vscode.window.showSaveDialog({
    title: l10n.t('Save Output'),
    defaultUri: vscode.Uri.joinPath(folder, name),
    filters: {
      [l10n.t('Text')]: ['md', 'txt', 'json'],
      [l10n.t('Chunks with times')]: ['jsonl'],
    },
  });
  if (uri === undefined) return false;
  const text = uri.path.endsWith('.jsonl') ? await run.output.jsonLines() : await documentOf(run);
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  return true;
}
