import type { Inputs } from '../runs/inputs';
import { looksSecret, withoutSecrets } from '../runs/remembered_inputs';
import type { EntrypointInfo } from '../server/protocol.generated';
import { absent, type Draft, itemSchema, memberSchema, type Place } from './draft';
import { isPositional, openForm, readForm } from './form';
import { alternatives } from './shape';

/**
 * The inputs without what is secret by its name or, where the parameters are known, by its type. Arguments after a
 * secret one that is given by position go as well, for they would move into its place.
 */
export function withoutSecretFields(info: EntrypointInfo | null, inputs: Inputs): Inputs {
  const form =
    info === null ? undefined : (openForm(info, inputs) ?? openForm(info, withoutExcess(info, inputs)));
  if (form === undefined) return withoutSecrets(inputs);
  const drafts = new Map(form.drafts);
  for (const field of form.fields) {
    const draft = form.drafts.get(field.name) ?? absent();
    drafts.set(field.name, looksSecret(field.name) ? absent() : withoutSecretParts(field, draft));
  }
  return withoutSecrets(readForm({ ...form, drafts }, { gaps: 'none' }).inputs);
}

/** Without the arguments that no parameter takes, so that it is known what the others are. */
function withoutExcess({ parameters }: EntrypointInfo, { args, kwargs }: Inputs): Inputs {
  return { args: args.slice(0, parameters.filter(isPositional).length), kwargs };
}

function withoutSecretParts(place: Place, draft: Draft): Draft {
  const options = alternatives(place.schema, place.definitions);
  if (options.some(({ shape }) => shape.kind === 'text' && shape.format === 'password')) return absent();
  const shape = options[draft.alternative]?.shape;
  const { content } = draft;
  if (content.kind === 'list' && shape?.kind === 'list') {
    const items = content.items.map((item, index) => {
      return {
        ...item,
        draft: withoutSecretParts({ ...place, schema: itemSchema(shape, index) }, item.draft),
      };
    });
    return { ...draft, content: { ...content, items } };
  }
  if (content.kind === 'object' && shape?.kind === 'object') {
    const members = content.members.map((member) => {
      const schema = memberSchema(shape, member.name);
      return { ...member, draft: withoutSecretParts({ ...place, schema }, member.draft) };
    });
    return { ...draft, content: { ...content, members } };
  }
  return draft;
}
