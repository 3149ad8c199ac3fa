import type { TextProblem } from './inputs_text';
import type { ProblemCode } from './problem';
import type { Shape } from './shape';

/** What the form says, in the user's language. `{0}` and `{1}` are filled in by the form. */
export interface FormWords {
  readonly inputs: string;
  readonly form: string;
  readonly json: string;
  readonly noInputs: string;
  readonly leftOut: string;
  /** `{0}` is a default, as Python source. */
  readonly defaultIs: string;
  readonly sentAsEmpty: string;
  readonly sendEmptyText: string;
  readonly pick: string;
  readonly pickDay: string;
  readonly showSecret: string;
  readonly hideSecret: string;
  /** `{0}` is the name of the field whose kind of value is picked. */
  readonly kindOf: string;
  readonly kinds: Readonly<Record<Shape['kind'] | 'whole' | 'json', string>>;
  /** `{0}` is a kind of list, `{1}` the kind of its items. */
  readonly kindOfItems: string;
  /** What the text of a field without a type is sent as, by kind. */
  readonly sentAs: Readonly<Record<'text' | 'number' | 'boolean' | 'null' | 'list' | 'object', string>>;
  readonly addItem: string;
  readonly addMember: string;
  readonly fillIn: string;
  /** The name of a member that a person adds. */
  readonly memberName: string;
  /** `{0}` is the name of an item or member. */
  readonly remove: string;
  readonly moveUp: string;
  readonly moveDown: string;
  /** Said after a move: now item `{0}` of `{1}`. */
  readonly movedTo: string;
  /** `{0}` is a position in a list, counted from one. */
  readonly item: string;
  readonly shownAsJson: string;
  readonly strangers: string;
  readonly strangersNote: string;
  /** Beside the form while the JSON text gives no inputs. */
  readonly formKept: string;
  readonly noForm: string;
  readonly cannotShow: string;
  readonly problems: Readonly<Record<ProblemCode, string>>;
  readonly textProblems: Readonly<Record<TextProblem['code'], string>>;
}
