import type { Inputs } from '../runs/inputs';
import type { Content, Draft } from './draft';
import { type Form, readForm } from './form';
import { contentValue } from './reading';

/**
 * The inputs with everything that is typed, for a person who goes on in JSON: what cannot be sent as it stands is the
 * text that it is, and what is missing before something else is null.
 */
export function typedInputs(form: Form): Inputs {
  const drafts = new Map([...form.drafts].map(([name, draft]) => [name, typed(draft)]));
  return readForm({ ...form, drafts }, { gaps: 'null' }).inputs;
}

function typed(draft: Draft): Draft {
  return { ...draft, content: typedContent(draft.content) };
}

function typedContent(content: Content): Content {
  switch (content.kind) {
    case 'number':
    case 'any':
    case 'json': {
      const isReadable = contentValue(content, { kind: 'any' }, ANYTHING, []).value !== undefined;
      return isReadable || content.text === '' ? content : { kind: 'text', text: content.text };
    }
    case 'list': {
      const items = content.items.map((item) => {
        const { draft } = item;
        return { ...item, draft: isMissing(draft) ? { ...draft, content: NULL } : typed(draft) };
      });
      return { ...content, items };
    }
    case 'object':
      return { ...content, members: content.members.map((one) => ({ ...one, draft: typed(one.draft) })) };
    default:
      return content;
  }
}

function isMissing({ content }: Draft): boolean {
  return content.kind === 'absent' || (content.kind === 'number' && content.text === '');
}

const NULL: Content = { kind: 'null' };
const ANYTHING = { schema: {}, definitions: {}, required: true };
