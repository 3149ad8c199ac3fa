import type { Field } from '../../../form/form';
import { looksSecret } from '../../../runs/remembered_inputs';
import type { FieldPlace } from './form_context';

/** A parameter as its field shows it. */
export function placeOf(field: Field): FieldPlace {
  const { name, parameter, schema, definitions, required, kind } = field;
  const stars = kind === 'var_positional' ? '*' : kind === 'var_keyword' ? '**' : '';
  const { annotation, description, defaultText, defaultValue } = parameter;
  return {
    schema,
    definitions,
    required,
    label: `${stars}${name}`,
    path: [name],
    annotation,
    description,
    defaultText,
    defaultValue,
    isSecret: looksSecret(name),
    isVariadic: stars !== '',
  };
}
