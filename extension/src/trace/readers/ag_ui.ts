import type { TraceEvent, TraceReader } from '../trace_event';
import { type Fields, fieldsOf, given, textOf } from './fields';

/** Understands the events of AG-UI, with names as its encoder writes them and as its Python library has them. */
export class AgUiReader implements TraceReader {
  readonly framework = 'AG-UI';
  /** A run has begun: the types that have no id of their own are surely AG-UI's only then. */
  #isOpen = false;
  /** The message that was written last, if nothing else came since. */
  #message: string | undefined;

  read(piece: unknown): readonly TraceEvent[] | undefined {
    const fields = fieldsOf(piece);
    const type = textOf(fields?.['type']);
    if (fields === undefined || type === undefined || !TYPE.test(type)) return undefined;
    const ids = idsOf(fields);
    if (type === 'RUN_STARTED' && ids.thread !== undefined && ids.run !== undefined) this.#isOpen = true;
    const isSure = this.#isOpen || ids.message !== undefined || ids.call !== undefined;
    if (!isSure) return undefined;
    const text = textOf(fields['delta']);
    if (TEXT.test(type) && text !== undefined)
      return [{ kind: 'text', text: this.#joined(ids.message, text) }];
    const events = eventsOf(type, fields, ids);
    if (events.length > 0) this.#message = undefined;
    return events;
  }

  /** Messages that follow each other are told apart: what was thought, and what is said. */
  #joined(message: string | undefined, text: string): string {
    const isOther = this.#message !== undefined && this.#message !== message;
    this.#message = message ?? '';
    return isOther ? `\n\n${text}` : text;
  }
}

const TYPE =
  /^((TEXT|REASONING|THINKING_TEXT)_MESSAGE_(START|CONTENT|END|CHUNK)|(THINKING|REASONING)_(START|END)|REASONING_ENCRYPTED_VALUE|TOOL_CALL_(START|ARGS|END|CHUNK|RESULT)|(RUN|SUBAGENT|STEP)_(STARTED|FINISHED|ERROR)|(STATE|MESSAGES|ACTIVITY)_(SNAPSHOT|DELTA)|RAW|CUSTOM)$/;
const TEXT = /^(TEXT|REASONING|THINKING_TEXT)_MESSAGE_(CONTENT|CHUNK)$/;

interface Ids {
  readonly thread: string | undefined;
  readonly run: string | undefined;
  readonly message: string | undefined;
  readonly call: string | undefined;
}

function idsOf(fields: Fields): Ids {
  return {
    thread: textOf(fields['threadId'] ?? fields['thread_id']),
    run: textOf(fields['runId'] ?? fields['run_id']),
    message: textOf(fields['messageId'] ?? fields['message_id']),
    call: textOf(fields['toolCallId'] ?? fields['tool_call_id']),
  };
}

function eventsOf(type: string, fields: Fields, { call: id }: Ids): readonly TraceEvent[] {
  switch (type) {
    case 'STEP_STARTED':
      return [{ kind: 'step', ...given({ name: textOf(fields['stepName'] ?? fields['step_name']) }) }];
    case 'TOOL_CALL_START':
    case 'TOOL_CALL_ARGS':
    case 'TOOL_CALL_CHUNK': {
      const tool = textOf(fields['toolCallName'] ?? fields['tool_call_name']);
      return [{ kind: 'callText', text: textOf(fields['delta']) ?? '', ...given({ id, tool }) }];
    }
    case 'TOOL_CALL_RESULT':
      return [{ kind: 'observation', isOk: true, content: fields['content'], ...given({ id }) }];
    case 'RUN_ERROR':
      return [
        { kind: 'end', reason: 'failed', isFailure: true, ...given({ error: textOf(fields['message']) }) },
      ];
    default:
      return [];
  }
}
