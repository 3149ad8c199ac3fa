import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { outputWords } from '../../../../extension/src/panel/output_words';
import { sessionWords } from '../../../../extension/src/panel/session_words';
import type { SessionContent, SessionHostMessage } from '../../../../extension/src/sessions/messages';
import { checkpoints, content, crowd, details, graph, summary } from '../../sessions/samples';
import { eventually, THEMES, type Theme, WebviewBundle, type WebviewPage } from '../webview_page';

vi.mock('vscode', () => ({ l10n: { t: (text: string) => text } }));

const words = sessionWords();

let bundle: WebviewBundle;
let view: WebviewPage;

beforeAll(async () => {
  bundle = await WebviewBundle.of({ file: 'session/session_main.ts' });
});
afterAll(() => bundle.close());
afterEach(() => view.close());

async function open(
  changes: Partial<SessionContent> = {},
  theme: Theme = 'dark',
  width = 1100,
): Promise<void> {
  view = await bundle.open(theme);
  await view.page.setViewportSize({ width, height: 900 });
  await eventually(() => view.sent).toContainEqual({ type: 'ready' });
  await show(changes);
}

const show = (changes: Partial<SessionContent>) =>
  view.post({
    type: 'show',
    content: { ...content, ...changes },
    words,
    outputWords: outputWords(),
  } satisfies SessionHostMessage);
const by = () => view.page;
const header = () => by().locator('header').innerText();
const tab = (name: string) => by().getByRole('tab', { name });
const button = (name: string) => by().getByRole('button', { name, exact: true });
const options = () => by().locator('[role="option"]');
const table = (name: string) => by().getByRole('table', { name });
const cells = (name: string) =>
  table(name)
    .locator('tbody td')
    .evaluateAll((all) =>
      all.map(
        (cell) =>
          (
            cell.querySelector('long-text')?.shadowRoot?.querySelector<HTMLElement>('.text') ??
            (cell as HTMLElement)
          ).innerText,
      ),
    );
const viewBox = () => by().locator('.canvas > svg').getAttribute('viewBox');

async function openGraph(
  changes: Partial<SessionContent> = {},
  theme?: Theme,
  width?: number,
): Promise<void> {
  await open(changes, theme, width);
  await tab('Graph').click();
  await by().locator('graph-view .entity').first().waitFor();
}

describe('the page of a session', () => {
  it('says what was asked, how it stands and what was done in each step', async () => {
    await open();
    await by().getByRole('heading', { name: summary.input }).waitFor();
    expect(await header()).toMatch(/Interrupted\s+helper · began Jan 2, 2026.* · 3 steps · 3 entities/);
    const shown = await options().allInnerTexts();
    expect(shown.map((text) => text.replace(/\s+/g, ' ').trim())).toEqual([
      'Latest Interrupted',
      'Step 3 15 ms unreadable output: did not fit',
      'Step 2 800 ms · 182 → 31 tokens Now how large a bottle is. mesure: no such tool measure',
      'Step 1 1.2 s · 130 → 24 tokens I need the size of the box first. look_up',
    ]);
  });

  it('marks as good only what has an answer', async () => {
    const color = () =>
      by()
        .locator('.mark')
        .evaluate((mark) => getComputedStyle(mark, '::before').backgroundColor);
    await open({ details: { ...details, session: { ...summary, state: 'ended', reason: 'answered' } } });
    const good = await color();
    expect(good).not.toBe('rgba(0, 0, 0, 0)');
    for (const reason of ['failed', 'max_iterations', 'cancelled']) {
      await show({ details: { ...details, session: { ...summary, state: 'ended', reason } } });
      await eventually(color).not.toBe(good);
    }
  });

  it('asks for the state after a step by mouse and keys', async () => {
    await open();
    await options().filter({ hasText: 'Step 1' }).click();
    await eventually(() => view.sent).toContainEqual({ type: 'step', step: 1 });
    await by().getByRole('listbox').focus();
    await by().keyboard.press('ArrowUp');
    await eventually(() => view.sent).toContainEqual({ type: 'step', step: 2 });
    await show({ step: 2, details: { ...details, step: 2 } });
    await by().getByRole('heading', { name: 'After step 2' }).waitFor();
    await eventually(() => by().getByRole('option', { selected: true }).innerText()).toContain('Step 2');
    await by().keyboard.press('Home');
    await eventually(() => view.sent).toContainEqual({ type: 'step', step: null });
  });

  it('keeps for the next window which session it is, and after which step', async () => {
    await open({ step: 2 });
    await eventually(() => view.state()).toEqual({
      configUri: content.configUri,
      session: summary.session,
      step: 2,
      tab: null,
    });
  });

  it('looks at the same again after it was hidden', async () => {
    await open();
    await tab('Semantic').click();
    await eventually(() => view.state()).toMatchObject({ tab: 'semantic' });
    await by().reload();
    await show({});
    await eventually(() => tab('Semantic').getAttribute('aria-selected')).toBe('true');
  });

  it('says why there is nothing to show, and what could not be read', async () => {
    await open({ details: null });
    await by().getByText('Reading the session…').waitFor();
    await show({ details: null, problem: 'There is no such session.' });
    await eventually(() => by().getByRole('alert').innerText()).toBe('There is no such session.');
    await show({ details: { ...details, problems: ['memory.json is damaged.'] } });
    await by().getByText('memory.json is damaged.').waitFor();
  });

  it('shows of a long name what tells it apart, and all of it when that is wanted', async () => {
    const key = `begins ${'x'.repeat(1000)} ends`;
    await open({
      details: {
        ...details,
        working: [{ key, value: 'v' }],
        semantic: [{ key: `${key}!`, text: 't', tags: [key] }],
      },
    });
    const height = async (name: string) =>
      (await table(name).locator('tbody tr').first().boundingBox())?.height ?? 0;
    await table('Working').waitFor();
    expect(await height('Working')).toBeLessThan(150);
    await table('Working').getByRole('button', { name: 'Show all' }).click();
    await table('Working').getByText(key).waitFor();
    await tab('Semantic').click();
    await table('Semantic').waitFor();
    expect(await height('Semantic')).toBeLessThan(250);
    expect(view.errors).toEqual([]);
  });

  it('leaves room for what was in mind below thousands of steps, where it is narrow', async () => {
    const [, one] = checkpoints;
    const many = Array.from({ length: 2000 }, (_, step) => ({
      ...one,
      step: step + 1,
    })) as typeof checkpoints;
    await open({ details: { ...details, checkpoints: many } }, 'dark', 350);
    await options().first().waitFor();
    const top = async () => (await by().locator('#state-heading').boundingBox())?.y ?? Number.NaN;
    expect(await top()).toBeLessThan(900);
    await by().getByRole('listbox').press('End');
    await eventually(() => view.sent).toContainEqual({ type: 'step', step: 1 });
    const seen = async () => (await options().last().boundingBox())?.y ?? Number.NaN;
    await eventually(seen).toBeLessThan(await top());
    const isWhole = () =>
      options()
        .last()
        .evaluate((option) => {
          const list = (option.getRootNode() as ShadowRoot).host;
          return option.getBoundingClientRect().bottom <= list.getBoundingClientRect().bottom + 1;
        });
    await eventually(isWhole).toBe(true);
    await view.screenshot('session-many-steps');
  });

  it('leads to the session that it branched off', async () => {
    const forkedFrom = { session: 'old-one', step: 4 };
    await open({ details: { ...details, session: { ...summary, forkedFrom } } });
    await button('Branched off after step 4 of old-one').click();
    await eventually(() => view.sent).toContainEqual({ type: 'origin' });
  });

  it('draws the latest of many steps, and earlier ones when they are wanted', async () => {
    const [first] = checkpoints;
    const many = Array.from({ length: 10_000 }, (_none, index) => ({
      ...first,
      step: index + 1,
    })) as typeof checkpoints;
    await open({ details: { ...details, step: 10_000, checkpoints: many, checkpointsCut: true } });
    await eventually(() => options().count()).toBe(201);
    expect(await options().nth(1).innerText()).toContain('Step 10,000');
    await button('Show Earlier Checkpoints').click();
    await eventually(() => options().count()).toBe(401);
    await button('Read Older Checkpoints').click();
    await eventually(() => view.sent).toContainEqual({ type: 'earlier' });
    await show({ details });
    await eventually(() => button('Read Older Checkpoints').count()).toBe(0);
  });
});

describe('resuming', () => {
  const resumed = () => view.sent.filter((message) => (message as { type: string }).type === 'resume');

  it('goes on with an interrupted session after its last step', async () => {
    await open();
    await by().getByText('This session goes on where it was interrupted').waitFor();
    await button('Resume Session').click();
    await eventually(resumed).toEqual([{ type: 'resume', step: null }]);
  });

  it('begins a new one after an earlier step, and after any step of one that has ended', async () => {
    await open({ step: 2, details: { ...details, step: 2 } });
    await by().getByText('A new session goes on from there').waitFor();
    await button('Resume from Step 2').click();
    const ended = { ...summary, state: 'ended', reason: 'answered' } as const;
    await show({ step: 3, details: { ...details, session: ended } });
    await button('Resume from Step 3').click();
    await eventually(resumed).toEqual([
      { type: 'resume', step: 2 },
      { type: 'resume', step: 3 },
    ]);
  });

  it.each([
    [{ details: { ...details, session: { ...summary, state: 'running' } } }, 'once it no longer runs'],
    [{ details: { ...details, session: { ...summary, state: 'ended' } } }, 'from one of its checkpoints'],
    [{ noResume: 'No entrypoint takes session_id.' }, 'No entrypoint takes session_id.'],
  ] as [Partial<SessionContent>, string][])('says why it is not possible', async (changes, reason) => {
    await open(changes);
    await by().getByText(reason).waitFor();
    await by().locator('vscode-button').click({ force: true });
    await by().locator('vscode-button').press('Enter');
    expect(resumed()).toEqual([]);
  });
});

describe('the memory of a session', () => {
  it('has a table for each kind', async () => {
    await open({ details: { ...details, answer: 'Six bottles.' } });
    await by().getByText('Six bottles.').waitFor();
    await eventually(() => cells('Working')).toEqual(['goal', 'count bottles', 'box', '40 cm wide']);
    await tab('Working').focus();
    await by().keyboard.press('ArrowRight');
    await eventually(async () => (await cells('Episodic')).slice(0, 3)).toEqual([
      'Somebody asked for the red box.',
      '0.76',
      '2',
    ]);
    await by().keyboard.press('ArrowRight');
    await eventually(() => cells('Semantic')).toEqual(['bottle', 'A bottle is 8 cm wide.', 'size, bottle']);
  });

  it('has the most room for the texts', async () => {
    await open({}, 'dark', 500);
    await tab('Episodic').click();
    await table('Episodic').waitFor();
    const widths = await table('Episodic')
      .locator('th')
      .evaluateAll((titles) => titles.map((title) => title.getBoundingClientRect().width));
    expect(widths.indexOf(Math.max(...widths))).toBe(0);
  });

  it('says that it is empty, and that there is more of it', async () => {
    await open({ details: { ...details, working: [], memoryCut: true } });
    await tab('Working (0)').click();
    await by().getByText('Nothing was in working memory').waitFor();
    await tab('Semantic').click();
    await by().getByText('There is more of it').waitFor();
  });

  it('draws a hundred rows of many at first', async () => {
    const working = Array.from({ length: 250 }, (_none, index) => ({ key: `k${index}`, value: 'v' }));
    await open({ details: { ...details, working } });
    await eventually(() => table('Working').locator('tbody tr').count()).toBe(100);
    await button('Show More (150 left)').click();
    await eventually(() => table('Working').locator('tbody tr').count()).toBe(200);
  });

  it('shows the rows of a long table that say what is looked for, in whatever column', async () => {
    const semantic = Array.from({ length: 250 }, (_none, index) => ({
      key: `fact ${index}`,
      text: `A bottle of ${index} cm`,
      tags: index % 2 === 0 ? ['Even'] : [],
    }));
    await open({ details: { ...details, semantic } });
    await tab('Semantic').click();
    await tab('Semantic').press('Tab');
    const filter = by().getByRole('searchbox', { name: 'Filter Semantic' });
    expect(await filter.evaluate((input) => input.matches(':focus'))).toBe(true);
    await by().keyboard.type('even 24');
    await eventually(() => cells('Semantic')).toContain('fact 24');
    await eventually(async () => (await cells('Semantic')).filter((_cell, at) => at % 3 === 0)).toEqual(
      [24, 124, 224, 240, 242, 244, 246, 248].map((index) => `fact ${index}`),
    );
    await by().getByRole('status').getByText('8 of 250 rows').waitFor();
    expect(await view.axe()).toEqual([]);
    await view.screenshot('session-filter');
    await filter.fill('<b>');
    await by().getByText('0 of 250 rows').waitFor();
    await filter.press('Escape');
    await eventually(() => table('Semantic').locator('tbody tr').count()).toBe(100);
  });

  it('keeps what is looked for from step to step, but not for another table', async () => {
    const working = Array.from({ length: 20 }, (_none, index) => ({ key: `k${index}`, value: 'v' }));
    await open({
      details: { ...details, working, semantic: working.map(({ key }) => ({ key, text: key, tags: [] })) },
    });
    await by().getByRole('searchbox').fill('k7');
    await eventually(() => cells('Working')).toEqual(['k7', 'v']);
    await show({ step: 1, details: { ...details, working: [{ key: 'k7', value: 'as it was' }] } });
    await eventually(() => cells('Working')).toEqual(['k7', 'as it was']);
    await show({
      details: { ...details, working, semantic: working.map(({ key }) => ({ key, text: key, tags: [] })) },
    });
    await tab('Semantic').click();
    await eventually(() => table('Semantic').locator('tbody tr').count()).toBe(20);
    expect(await by().getByRole('searchbox').inputValue()).toBe('');
  });

  it('has nothing to look for in a short table', async () => {
    await open();
    await table('Working').waitFor();
    expect(await by().getByRole('searchbox').count()).toBe(0);
  });
});

describe('the knowledge graph', () => {
  it('is a picture with the same in tables', async () => {
    await openGraph();
    const svg = by().locator('.canvas > svg');
    expect(await svg.getAttribute('aria-label')).toMatch(/^Picture of 3 entities and \d relations;/);
    expect(await svg.locator('.entity text').allTextContents()).toEqual(['blue box', 'bottle', 'tea']);
    expect(await svg.locator('.arrow text').allTextContents()).toEqual(['holds', 'is full of', 'is in']);
    await eventually(() => cells('Entities')).toEqual(
      ['blue box', 'thing', 'width: 40\nnote: in the cellar', '1', 'bottle', 'thing', '', '3'].concat([
        'tea',
        'drink',
        'tags: ["green","hot"]',
        '2',
      ]),
    );
    await eventually(() => cells('Relations')).toHaveLength(12);
  });

  it('counts one as one', async () => {
    const [entity] = graph.entities;
    const relation = { source: 'blue box', target: 'blue box', kind: 'is', properties: {} };
    const small = { ...graph, entities: entity === undefined ? [] : [entity], relations: [relation] };
    await openGraph({ details: { ...details, graph: small } });
    const label = await by().locator('.canvas > svg').getAttribute('aria-label');
    expect(label).toMatch(/^Picture of 1 entity and 1 relation;/);
  });

  it('shows what belongs to an entity that is chosen in the table or in the picture', async () => {
    await openGraph();
    await button('blue box').press('Enter');
    await eventually(() => cells('Relations')).toEqual(['blue box', 'holds', 'bottle', 'count: 6']);
    expect(await button('blue box').getAttribute('aria-pressed')).toBe('true');
    expect(await by().locator('.arrow.near').count()).toBe(1);
    expect(await by().locator('.entity.far title').allTextContents()).toEqual(['tea (drink)']);
    await by().locator('.entity', { hasText: 'tea' }).locator('circle').click();
    await eventually(() => button('tea').getAttribute('aria-pressed')).toBe('true');
    await by().locator('.canvas').press('Escape');
    await eventually(() => cells('Relations')).toHaveLength(12);
  });

  it('moves and zooms by keys, buttons, wheel and mouse', async () => {
    await openGraph();
    const whole = await viewBox();
    const canvas = by().locator('.canvas');
    for (const change of [
      () => canvas.press('ArrowRight'),
      () => canvas.press('+'),
      () => button('Zoom In').click(),
      () => button('Zoom Out').click(),
      async () => {
        await canvas.hover();
        await by().keyboard.down('Control');
        await by().mouse.wheel(0, -100);
        await by().keyboard.up('Control');
      },
      async () => {
        await canvas.hover({ position: { x: 20, y: 20 } });
        await by().mouse.down();
        await by().mouse.move(300, 500);
        await by().mouse.up();
      },
    ]) {
      const before = await viewBox();
      await change();
      await eventually(viewBox).not.toBe(before);
    }
    await button('Show Whole Graph').click();
    await eventually(viewBox).toBe(whole);
  });

  it('draws the best connected of many, and says so', async () => {
    await openGraph({ details: { ...details, graph: { ...crowd(320), isCut: true } } }, 'light');
    await eventually(() => by().locator('graph-view .entity').count()).toBe(200);
    await by().getByText('The 200 best connected of 320 entities are drawn').waitFor();
    await by().getByText('only 320 entities are here').waitFor();
    await view.screenshot('session-graph-large');
  });
});

describe('the trace of a session', () => {
  const event = (seq: number, more: object) => ({
    session: summary.session,
    seq,
    step: 1,
    at: 100 + seq,
    ...more,
  });
  const tokens = { input: 3, output: 4, estimated: false };
  const first = [
    event(0, {
      type: 'session_started',
      step: 0,
      trace: 'agent_runtime/1',
      agent: 'helper',
      input: 'Q',
      model: 'm',
      tools: ['look_up'],
      max_iterations: 5,
    }),
    event(1, { type: 'step_started' }),
    event(2, { type: 'thought', text: 'I look it up.', tokens, elapsed_ms: 5 }),
  ];
  const rest = [
    event(3, { type: 'action', call: '1.1', tool: 'look_up', arguments: { thing: 'box' } }),
    event(4, {
      type: 'observation',
      call: '1.1',
      tool: 'look_up',
      ok: true,
      content: 'It is blue.',
      elapsed_ms: 2,
    }),
    event(5, { type: 'checkpoint' }),
  ];
  const tell = (from: number, events: readonly object[], session = summary.session) =>
    view.post({ type: 'events', session, from, events, isCut: false });
  const trace = () => by().locator('run-trace');

  it('is asked for when it is looked at, and grows while the session goes on', async () => {
    await open({ details: { ...details, session: { ...summary, state: 'running' } } });
    await tab('Trace').click();
    await by().getByText('Reading what was done…').waitFor();
    await eventually(() => view.sent).toContainEqual({ type: 'events', from: 0 });
    await tell(0, first);
    await trace().getByText('I look it up.').first().waitFor();
    await show({ details: { ...details, session: { ...summary, state: 'running' }, step: 4 } });
    await eventually(() => view.sent).toContainEqual({ type: 'events', from: 3 });
    await tell(3, rest);
    await trace().getByText('It is blue.').first().waitFor();
    await tell(3, rest);
    await tell(0, rest, 'another');
    await eventually(() => trace().getByText('look_up').count()).toBeGreaterThan(0);
    expect(view.errors).toEqual([]);
  });

  it('leads to the memory after a step, and on from there', async () => {
    await open({}, 'light');
    await tab('Trace').click();
    await tell(0, [...first, ...rest]);
    await trace().getByText('I look it up.').first().waitFor();
    await trace().getByRole('button', { name: 'Resume from This Step' }).click();
    await eventually(() => view.sent).toContainEqual({ type: 'resume', step: 1 });
    await view.screenshot('session-trace');
    expect(view.blocked).toEqual([]);
    expect(await view.axe()).toEqual([]);
    await trace().getByRole('button', { name: 'Memory and Graph' }).click();
    await eventually(() => view.sent).toContainEqual({ type: 'step', step: 1 });
    await table('Working').waitFor();
  });

  it('is searched to its end, and what is found is put where it is seen', async () => {
    await open();
    await tab('Trace').click();
    const many = Array.from({ length: 10_000 }, (_one, step) => [
      event(2 * step, { type: 'step_started', step }),
      event(2 * step + 1, { type: 'thought', step, text: step % 5000 === 4321 ? 'A needle!' : 'Hay.' }),
    ]);
    await tell(0, many.slice(0, 6000).flat());
    await trace().getByText('Hay.').first().waitFor();
    await by().keyboard.press('Control+f');
    await by().getByRole('textbox', { name: 'Search' }).fill('needle');
    const found = () => by().locator('run-output-search .count').innerText();
    await eventually(found).toBe('1 of 1');
    await tell(12_000, many.slice(6000).flat());
    await eventually(found).toBe('1 of 2');
    await by().keyboard.press('Enter');
    await eventually(found).toBe('2 of 2');
    await trace().getByText('Step 9,321').first().waitFor();
    await view.screenshot('session-trace-search');
    expect(await view.axe()).toEqual([]);
    await by().keyboard.press('Escape');
    await by().locator('run-output-search').waitFor({ state: 'detached' });
  });

  it('copies a row', async () => {
    await open();
    await tab('Trace').click();
    await tell(0, [...first, ...rest]);
    await trace().getByText('It is blue.').first().click();
    await trace().getByRole('tree').press('Control+c');
    await eventually(() => view.sent).toContainEqual({
      type: 'outputRequest',
      request: { type: 'copyText', text: expect.stringContaining('It is blue.') },
    });
  });

  it('begins anew for another session', async () => {
    await open();
    await tab('Trace').click();
    await tell(0, [...first, ...rest]);
    await trace().getByText('I look it up.').first().waitFor();
    await show({ session: 'other', details: { ...details, session: { ...summary, session: 'other' } } });
    await by().getByText('Reading what was done…').waitFor();
    await tell(0, [first[0] ?? {}], 'other');
    await trace().getByText('helper').first().waitFor();
    expect(await trace().getByText('I look it up.').count()).toBe(0);
  });

  it.each(['at once', 'after it was waited for'])(
    'begins anew for another session of the same id, %s',
    async (when) => {
      await open();
      await tab('Trace').click();
      await tell(0, [...first, ...rest]);
      await trace().getByText('I look it up.').first().waitFor();
      if (when !== 'at once') await show({ details: null });
      view.sent.length = 0;
      const other = { ...summary, startedAt: summary.startedAt + 60_000 };
      await show({ details: { ...details, session: other } });
      await by().getByText('Reading what was done…').waitFor();
      await eventually(() => view.sent).toContainEqual({ type: 'events', from: 0 });
      await tell(0, [{ ...event(0, { ...first[0], input: 'Another' }), at: 160 }]);
      await trace().getByText('Another').first().waitFor();
      expect(await trace().getByText('I look it up.').count()).toBe(0);
    },
  );
});

describe('hostile contents', () => {
  it('are shown as the text that they are', async () => {
    const evil = '<img src=x onerror="document.title=1"><script>document.title=1</script>';
    const session = { ...summary, input: evil, agent: evil, session: evil, reason: 'constructor' };
    await open({
      details: {
        ...details,
        session,
        answer: evil,
        working: [{ key: evil, value: 'x'.repeat(300_000) }],
        checkpoints: [
          { ...checkpoints[0], thought: evil, tools: [{ tool: evil, ok: false, error: '__proto__' }] },
        ] as typeof checkpoints,
        graph: {
          entities: [...graph.entities, { id: evil, kind: evil, properties: { [evil]: evil } }],
          relations: [{ source: evil, target: evil, kind: evil, properties: {} }],
          isCut: false,
        },
      },
    });
    await by().getByText('onerror').first().waitFor();
    await tab('Graph').click();
    await by().locator('graph-view .entity').nth(3).waitFor();
    expect(await by().locator('img, main script').count()).toBe(0);
    expect(await by().title()).not.toBe('1');
    expect(view.errors).toEqual([]);
    expect(view.blocked).toEqual([]);
  });
});

describe.each(THEMES)('in the theme %s', (theme) => {
  it('keeps nobody out, and needs nothing that is blocked', async () => {
    await open({}, theme);
    await options().first().waitFor();
    await view.screenshot(`session-memory-${theme}`);
    await tab('Graph').click();
    await button('bottle').click();
    await eventually(() => button('bottle').getAttribute('aria-pressed')).toBe('true');
    await view.screenshot(`session-graph-${theme}`);
    expect(view.blocked).toEqual([]);
    expect(view.errors).toEqual([]);
    expect(await view.axe()).toEqual([]);
    await tab('Episodic').click();
    await table('Episodic').waitFor();
    expect(await view.axe()).toEqual([]);
  });
});

it('fits into a narrow page, as at 200 % zoom', async () => {
  await openGraph({}, 'light', 350);
  await view.screenshot('session-narrow');
  const overflow = await by().evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
  expect(await view.axe()).toEqual([]);
});
