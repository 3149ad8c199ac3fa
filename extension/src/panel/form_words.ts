import { l10n } from 'vscode';
import type { FormWords } from '../form/words';

/** The words of the form in the user's language. */
export function formWords(): FormWords {
  return {
    inputs: l10n.t('Inputs'),
    form: l10n.t('Form'),
    json: l10n.t('JSON'),
    noInputs: l10n.t('This entrypoint takes no inputs.'),
    leftOut: l10n.t('Left out'),
    defaultIs: l10n.t('Default: {0}'),
    sentAsEmpty: l10n.t('Sent as an empty text'),
    sendEmptyText: l10n.t('Send an empty text'),
    pick: l10n.t('Choose…'),
    pickDay: l10n.t('Choose from a calendar'),
    showSecret: l10n.t('Show what is typed'),
    hideSecret: l10n.t('Hide what is typed'),
    kindOf: l10n.t('{0}: kind of value'),
    kinds: {
      text: l10n.t('Text'),
      number: l10n.t('Number'),
      whole: l10n.t('Whole number'),
      boolean: l10n.t('True or false'),
      null: l10n.t('None'),
      choice: l10n.t('Choice'),
      list: l10n.t('List'),
      object: l10n.t('Object'),
      any: l10n.t('Anything'),
      json: l10n.t('JSON'),
    },
    kindOfItems: l10n.t('{0} ({1})'),
    sentAs: {
      text: l10n.t('Sent as text'),
      number: l10n.t('Sent as a number'),
      boolean: l10n.t('Sent as true or false'),
      null: l10n.t('Sent as null'),
      list: l10n.t('Sent as a list'),
      object: l10n.t('Sent as an object'),
    },
    ...listWords(),
    shownAsJson: l10n.t('The form has no field for this value, so it is edited as JSON.'),
    strangers: l10n.t('Not in the signature'),
    strangersNote: l10n.t('Sent as they are; the call fails unless a decorator takes them.'),
    formKept: l10n.t('The form shows the inputs as they were before the JSON text was changed.'),
    noForm: l10n.t('The parameters of this entrypoint are not known, so its inputs are written as JSON.'),
    cannotShow: l10n.t('These inputs do not match the signature, so there is no form for them.'),
    problems: problemWords(),
    textProblems: textProblemWords(),
  };
}

function listWords() {
  return {
    addItem: l10n.t('Add item'),
    addMember: l10n.t('Add key'),
    fillIn: l10n.t('Fill in'),
    memberName: l10n.t('Key'),
    remove: l10n.t('Remove {0}'),
    moveUp: l10n.t('Move {0} up'),
    moveDown: l10n.t('Move {0} down'),
    movedTo: l10n.t('Now item {0} of {1}'),
    item: l10n.t('Item {0}'),
  };
}

function problemWords(): FormWords['problems'] {
  return {
    required: l10n.t('A value is needed here.'),
    number: l10n.t('This is not a number.'),
    notFinite: l10n.t('JSON has no {0}. Send it as text in JSON mode if the agent reads it that way.'),
    inexact: l10n.t('The number {0} cannot be sent exactly.'),
    json: l10n.t('This is not JSON yet: {0}'),
    doubleKey: l10n.t('{0} is given twice.'),
    gap: l10n.t('{0} needs a value, because later values are given by position.'),
    list: l10n.t('This must be a list.'),
    object: l10n.t('This must be an object.'),
    whole: l10n.t('Should be a whole number.'),
    minimum: l10n.t('Should be at least {0}.'),
    maximum: l10n.t('Should be at most {0}.'),
    exclusiveMinimum: l10n.t('Should be more than {0}.'),
    exclusiveMaximum: l10n.t('Should be less than {0}.'),
    multipleOf: l10n.t('Should be a multiple of {0}.'),
    minLength: l10n.t('The length should be at least {0}.'),
    maxLength: l10n.t('The length should be at most {0}.'),
    minItems: l10n.t('The number of items should be at least {0}.'),
    maxItems: l10n.t('The number of items should be at most {0}.'),
    date: l10n.t('Should be a date such as 2026-01-31.'),
    'date-time': l10n.t('Should be a date and time such as 2026-01-31T14:30.'),
    time: l10n.t('Should be a time such as 14:30.'),
    uuid: l10n.t('Should be a UUID such as 123e4567-e89b-12d3-a456-426614174000.'),
  };
}

function textProblemWords(): FormWords['textProblems'] {
  return {
    syntax: l10n.t('This is not JSON yet: {0}'),
    inexact: l10n.t('The number {0} cannot be sent exactly. Write it as a text, in quotes.'),
    object: l10n.t('The inputs must be one JSON object: {0}.'),
    positional: l10n.t('This entrypoint takes positional arguments: write {0}.'),
  };
}
