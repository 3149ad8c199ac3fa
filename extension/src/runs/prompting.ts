import * as vscode from 'vscode';
import type { EntrypointInfo, ParameterInfo } from '../server/protocol.generated';
import {
  askable,
  choices,
  collect,
  expectation,
  type Inputs,
  readText,
  spread,
  textFor,
  withBlanks,
} from './inputs';
import { looksSecret } from './remembered_inputs';

const { l10n } = vscode;

/** What a person answered to one question. */
type Answer =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'left-out' }
  | { readonly kind: 'back' }
  | { readonly kind: 'json' }
  | { readonly kind: 'closed' };

export type Prompted =
  | { readonly kind: 'inputs'; readonly inputs: Inputs }
  | { readonly kind: 'json'; readonly inputs: Inputs }
  | { readonly kind: 'closed' };

interface Question {
  readonly title: string;
  readonly step: number;
  readonly steps: number;
  readonly parameter: ParameterInfo;
  /** What was answered before, if anything. */
  readonly before: { readonly value: unknown } | undefined;
}

const JSON_BUTTON: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon('json'),
  tooltip: l10n.t('Edit all inputs as JSON'),
};

/** Asks for each parameter in turn, with a way back and a way over to JSON. */
export async function promptInputs(
  title: string,
  info: EntrypointInfo,
  remembered: Inputs | undefined,
): Promise<Prompted> {
  const parameters = askable(info);
  const values = remembered === undefined ? new Map<string, unknown>() : spread(info, remembered);
  for (let index = 0; ; ) {
    const parameter = parameters[index];
    if (parameter === undefined) return { kind: 'inputs', inputs: collect(info, values) };
    const { name } = parameter;
    const before = known(values, name);
    const answer = await ask({ title, step: index + 1, steps: parameters.length, parameter, before });
    if (answer.kind === 'closed') return answer;
    if (answer.kind === 'json') return { kind: 'json', inputs: withBlanks(info, values) };
    if (answer.kind === 'value') values.set(name, answer.value);
    else if (answer.kind === 'left-out') values.delete(name);
    index += answer.kind === 'back' ? -1 : 1;
  }
}

function known(values: ReadonlyMap<string, unknown>, name: string): Question['before'] {
  return values.has(name) ? { value: values.get(name) } : undefined;
}

function ask(question: Question): Promise<Answer> {
  const offered = choices(question.parameter);
  return offered === undefined ? askText(question) : askChoice(question, offered);
}

function askText({ title, step, steps, parameter, before }: Question): Promise<Answer> {
  const input = vscode.window.createInputBox();
  Object.assign(input, { title: `${title}: ${parameter.name}`, step, totalSteps: steps });
  input.prompt = hint(parameter);
  input.placeholder = parameter.required ? '' : defaultHint(parameter);
  input.password = looksSecret(parameter.name);
  input.value = before === undefined ? '' : textFor(parameter, before.value);
  const validate = () => {
    const reading = readText(parameter, input.value, l10n.t);
    input.validationMessage = reading.kind === 'wrong' ? reading.message : undefined;
    return reading;
  };
  return answered(input, step, (done) => {
    input.onDidChangeValue(() => {
      // An empty field is not scolded before Enter is pressed.
      if (input.value === '') input.validationMessage = undefined;
      else validate();
    });
    input.onDidAccept(() => {
      const reading = validate();
      if (reading.kind !== 'wrong') done(reading);
    });
  });
}

function askChoice({ title, step, steps, parameter, before }: Question, offered: unknown[]): Promise<Answer> {
  interface Item extends vscode.QuickPickItem {
    readonly answer: Answer;
  }
  const pick = vscode.window.createQuickPick<Item>();
  Object.assign(pick, { title: `${title}: ${parameter.name}`, step, totalSteps: steps });
  pick.placeholder = hint(parameter);
  const values = offered.map((value): Item => {
    const label = typeof value === 'string' ? value : JSON.stringify(value);
    return { label, answer: { kind: 'value', value } };
  });
  const leaveOut: Item = {
    label: l10n.t('Leave out'),
    ...(parameter.defaultText === null ? {} : { description: l10n.t('default {0}', parameter.defaultText) }),
    answer: { kind: 'left-out' },
  };
  pick.items = parameter.required ? values : [leaveOut, ...values];
  const previous = values.find(
    ({ answer }) => before !== undefined && answer.kind === 'value' && answer.value === before.value,
  );
  if (previous !== undefined) pick.activeItems = [previous];
  return answered(pick, step, (done) => {
    pick.onDidAccept(() => {
      const chosen = pick.selectedItems[0];
      if (chosen !== undefined) done(chosen.answer);
    });
  });
}

/** Shows `input` until `wire` reports an answer, a button is pressed or it is closed. */
function answered(
  input: vscode.InputBox | vscode.QuickPick<vscode.QuickPickItem>,
  step: number,
  wire: (done: (answer: Answer) => void) => void,
): Promise<Answer> {
  const canGoBack = step > 1;
  input.ignoreFocusOut = true;
  input.buttons = canGoBack ? [vscode.QuickInputButtons.Back, JSON_BUTTON] : [JSON_BUTTON];
  return new Promise((resolve) => {
    const done = (answer: Answer) => {
      resolve(answer);
      input.dispose();
    };
    input.onDidTriggerButton((pressed) => done({ kind: pressed === JSON_BUTTON ? 'json' : 'back' }));
    input.onDidHide(() => done({ kind: 'closed' }));
    wire(done);
    input.show();
  });
}

function hint(parameter: ParameterInfo): string {
  const description = parameter.description?.trim();
  const kind = parameter.annotation ?? expectation(parameter.schema, l10n.t);
  return description ? `${description} (${kind})` : kind;
}

function defaultHint(parameter: ParameterInfo): string {
  return parameter.defaultText === null
    ? l10n.t('empty: left out')
    : l10n.t('empty: {0}', parameter.defaultText);
}
