import type { Content, Draft } from '../../../form/draft';
import type { Path } from '../../../form/problem';
import type { Alternative } from '../../../form/shape';
import type { FieldPlace, FormContext } from './form_context';

/** What a control knows of the field that it stands in: controls of lists and objects have fields in them again. */
export interface Field {
  readonly place: FieldPlace;
  readonly draft: Draft;
  readonly context: FormContext;
  /** What the draft is shown as. */
  readonly option: Alternative | undefined;
  readonly isInvalid: boolean;
  /** What leaving the place out means. */
  readonly absentText: string;
  secretShown: boolean;
  /** `path`: where inside of the place the change was made. */
  change(content: Content, path?: Path): void;
  /** Puts the focus into one of the fields inside, once they are drawn; on the button that adds one when none is. */
  focusPart(choose: <Part>(parts: readonly Part[]) => Part | undefined): Promise<void>;
  focusLastKey(): Promise<void>;
  focusAdd(): void;
  /** Leaves the focus where it is while its element goes to another place, which would take it away. */
  keepFocus(): Promise<void>;
  /** Tells screen readers what has happened. */
  say(text: string): void;
}
