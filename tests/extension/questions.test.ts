import { expect, it, vi } from 'vitest';

const { window } = vi.hoisted(() => ({ window: { showQuickPick: vi.fn(), showInputBox: vi.fn() } }));
vi.mock('vscode', () => ({ window }));

import { asked, isAsking, showInputBox, showQuickPick } from '../../extension/src/questions';

it('is known to be open until it is answered, closed or has failed', async () => {
  const item = { label: 'a' };
  let choose: (chosen: typeof item) => void = () => undefined;
  let close: (text: undefined) => void = () => undefined;
  let fail: (error: Error) => void = () => undefined;
  window.showQuickPick.mockReturnValueOnce(new Promise((resolve) => (choose = resolve)));
  window.showInputBox.mockReturnValueOnce(new Promise((resolve) => (close = resolve)));
  expect(isAsking()).toBe(false);
  const picked = showQuickPick([item], { title: 'T' });
  const typed = showInputBox({ prompt: 'P' });
  const failing = expect(asked(new Promise((_resolve, reject) => (fail = reject)))).rejects.toThrow('gone');
  expect(window.showQuickPick).toHaveBeenCalledWith([item], { title: 'T' });
  expect(window.showInputBox).toHaveBeenCalledWith({ prompt: 'P' });
  choose(item);
  fail(new Error('gone'));
  await failing;
  expect(await picked).toBe(item);
  expect(isAsking()).toBe(true);
  close(undefined);
  expect(await typed).toBeUndefined();
  expect(isAsking()).toBe(false);
});
