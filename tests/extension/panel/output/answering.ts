import { answerChunks, answerFind } from '../../../../extension/src/output/answers';
import type { OutputRequest } from '../../../../extension/src/output/messages';
import type { OutputStore } from '../../../../extension/src/output/output_store';
import type { WebviewPage } from '../webview_page';

/** Answers what the page asks for from now on, as the extension does. */
export function answerRequests(view: WebviewPage, store: () => OutputStore): void {
  const { sent } = view;
  const push = sent.push.bind(sent);
  sent.push = (request) => {
    void answer(request as OutputRequest);
    return push(request);
  };

  async function answer(request: OutputRequest): Promise<void> {
    if (request.type === 'chunks')
      await view.postUnlessClosed({ answer: await answerChunks(store(), request) });
    if (request.type === 'find') {
      await view.postUnlessClosed({ answer: await answerFind(store(), request, () => false) });
    }
  }
}
