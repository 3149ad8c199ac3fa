// Streams chunks into the output of the run page in Chromium and measures it; `panel.py` prints what it writes.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const ORIGIN = 'http://run-page.invalid';
const webview = fileURLToPath(new URL('../../extension/src/panel/webview', import.meta.url));
const { values } = parseArgs({ options: { chunks: { type: 'string', default: '100000' } } });
const chunks = Number(values.chunks);

// The page's part of a run, without VS Code around it; what it asks for goes to `asked`.
const SOURCE = `
  import { OutputFeed } from '../../output/feed';
  import './output/run_output';
  const feed = new OutputFeed((request) => window.asked(request));
  const output = document.createElement('run-output');
  document.getElementById('run').append(output);
  const words = (parts) => new Proxy({}, {
    get: (_, name) => parts[name] ?? (/^[a-z]/.test(String(name)) ? name : undefined),
  });
  const names = words({});
  const trace = words({ values: names, reasons: names, errors: names, memoryKinds: names });
  const label = words({ views: names, trace });
  const run = { runId: 'r', kind: 'stream', phase: 'running', error: null };
  Object.assign(output, { feed, run, words: label });
  feed.show('r', { end: 0, silentMs: 0 });
  window.addEventListener('message', ({ data }) => feed.apply(data));
  window.show = (view) => { output.view = view; };
`;

async function open(browser, source) {
  const bundle = await build({
    stdin: { contents: source, resolveDir: webview, loader: 'ts' },
    bundle: true, write: false, format: 'iife', target: 'es2022', minify: true,
  });
  const style = await build({ entryPoints: [`${webview}/run_page.css`], bundle: true, write: false });
  const html = `<!DOCTYPE html><html lang="en"><meta charset="utf-8"><link rel="stylesheet" href="/page.css">
<body><main id="run"></main><script src="/page.js"></script>`;
  const bodies = { '/': html, '/page.js': bundle.outputFiles[0].text, '/page.css': style.outputFiles[0].text };
  const types = { '/': 'text/html', '/page.js': 'text/javascript', '/page.css': 'text/css' };
  const page = await browser.newPage({ viewport: { width: 800, height: 900 } });
  page.on('pageerror', (error) => { throw error; });
  await page.addInitScript(() => { window.asked = () => {}; });
  await page.route('**/*', (route) => {
    const { pathname } = new URL(route.request().url());
    return route.fulfill({ body: bodies[pathname] ?? '', contentType: types[pathname] ?? 'text/plain' });
  });
  await page.goto(ORIGIN);
  return page;
}

/** Runs in the page. Sends `count` chunks as the extension does: at most four batches ahead of what is drawn. */
async function stream({ from, count, batch, everyMs, isTrace }) {
  const words = ['The ', 'agent ', 'thinks ', 'about *it* ', 'and `says` ', 'so.\n\n', '- a point\n', 'then '];
  // Ten chunks for each step of an agent.
  const parts = [
    ['step_started', {}],
    ...Array.from({ length: 5 }, () => ['model_delta', { text: 'I should look it up. ' }]),
    ['thought', { text: 'I should look it up.', tokens: { input: 900, output: 40, estimated: false }, elapsed_ms: 700 }],
    ['action', { call: 'c', tool: 'search', arguments: { query: 'Ada Lovelace', limit: 5 } }],
    ['observation', { call: 'c', tool: 'search', ok: true, content: 'Ada Lovelace wrote the first program.', elapsed_ms: 90 }],
    ['checkpoint', {}],
  ];
  const event = (index) => {
    const [type, fields] = parts[index % 10];
    const step = Math.floor(index / 10) + 1;
    return JSON.stringify({ session: 's', seq: index, step, at: 1.7e9 + index / 100, type, ...fields });
  };
  const first = from / batch;
  const batches = Math.ceil(count / batch);
  let acknowledged = first - 1;
  window.asked = (request) => { if (request.type === 'drawn') acknowledged = request.seq; };
  const started = performance.now();
  for (let seq = first; seq < first + batches; seq += 1) {
    while (seq - acknowledged > 4) await new Promise((go) => setTimeout(go, 1));
    const items = Array.from({ length: batch }, (_, at) => {
      const index = seq * batch + at;
      const code = index % 97 === 0 ? '\n\n```python\nprint(1)\n```\n\n' : '';
      const text = isTrace ? event(index) : words[index % words.length] + code;
      const kind = isTrace ? 'value' : 'text';
      return { index, atMs: performance.now() - started, size: text.length, kind, text };
    });
    window.postMessage({ type: 'output', seq, items });
    if (everyMs > 0) await new Promise((go) => setTimeout(go, everyMs));
  }
  while (acknowledged < first + batches - 1) await new Promise((go) => setTimeout(go, 1));
}

/** The peer: a page that only puts each batch behind the last, and keeps all of it. */
const PLAIN = `
  const log = document.createElement('pre');
  document.getElementById('run').append(log);
  log.style.cssText = 'height: 600px; overflow: auto; white-space: pre-wrap';
  let seq;
  window.addEventListener('message', ({ data }) => {
    log.append(data.items.map(({ text }) => text).join(''));
    if (seq === undefined) requestAnimationFrame(() => { log.scrollTop = log.scrollHeight; window.asked({ type: 'drawn', seq }); seq = undefined; });
    seq = data.seq;
  });
  window.show = () => {};
`;

/**
 * Processor time of the page's main thread for each frame in ms, whatever else the machine is busy with: the tasks since
 * the frame before, messages included, and the frame's own script, style, layout and paint.
 */
function framesOf(trace) {
  const { traceEvents } = JSON.parse(trace.toString());
  const commits = Map.groupBy(traceEvents.filter(({ name }) => name === 'Commit'), ({ pid, tid }) => `${pid} ${tid}`);
  const [begins] = [...commits.values()].sort((left, right) => right.length - left.length);
  if (begins === undefined) throw new Error('the trace holds no frame');
  const isMain = ({ pid, tid }) => pid === begins[0].pid && tid === begins[0].tid;
  const tasks = traceEvents.filter((event) => event.name === 'RunTask' && event.ph === 'X' && isMain(event));
  tasks.sort((left, right) => left.ts - right.ts);
  const times = begins.filter(isMain).map(({ ts }) => ts).sort((left, right) => left - right);
  const frames = [];
  let sum = 0;
  let next = 0;
  for (const { ts, dur, tdur } of tasks) {
    sum += (tdur ?? 0) / 1000;
    if (times[next] === undefined || times[next] > ts + dur) continue;
    while (times[next] <= ts + dur) next += 1;
    frames.push(sum);
    sum = 0;
  }
  return frames;
}

async function traced(browser, page, act) {
  await browser.startTracing(page, { categories: ['devtools.timeline', 'disabled-by-default-devtools.timeline'] });
  const result = await act();
  return [result, framesOf(await browser.stopTracing())];
}

function percentile(numbers, share) {
  const ordered = [...numbers].sort((left, right) => left - right);
  return ordered[Math.min(ordered.length - 1, Math.round(share * (ordered.length - 1)))] ?? 0;
}

async function heap(session) {
  for (let round = 0; round < 3; round += 1) await session.send('HeapProfiler.collectGarbage');
  return (await session.send('Runtime.getHeapUsage')).usedSize / 2 ** 20;
}

/** Elements on the page, those inside of others' shadows too. */
function elements() {
  const count = (root) =>
    [...root.querySelectorAll('*')].reduce((sum, { shadowRoot }) => sum + 1 + (shadowRoot ? count(shadowRoot) : 0), 0);
  return count(document);
}

async function measure(browser, source, view) {
  const page = await open(browser, source);
  const session = await page.context().newCDPSession(page);
  await page.evaluate((name) => window.show(name), view);
  const isTrace = view === 'trace';
  // As a language server sends: thirty batches a second.
  const [, paced] = await traced(browser, page, () =>
    page.evaluate(stream, { from: 0, count: chunks, batch: 500, everyMs: 33, isTrace }));
  const before = await heap(session);
  const [, flood] = await traced(browser, page, () =>
    page.evaluate(stream, { from: chunks, count: chunks, batch: 2_500, everyMs: 0, isTrace }));
  const grown = (await heap(session)) - before;
  const result = {
    frames: paced.length,
    frameP50: percentile(paced, 0.5),
    frameP95: percentile(paced, 0.95),
    frameMax: Math.max(...paced),
    floodP95: percentile(flood, 0.95),
    chunksPerSecond: chunks / (flood.reduce((sum, time) => sum + time, 0) / 1000),
    heapMiB: before,
    grownMiB: grown,
    elements: await page.evaluate(elements),
  };
  await page.close();
  return result;
}

const executablePath = process.env.CHROMIUM ?? PLACES.find((file) => existsSync(file));
if (executablePath === undefined) throw new Error(`Chromium is needed, looked for ${PLACES.join(', ')}`);
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
const results = {};
try {
  results.plain = await measure(browser, PLAIN, '');
  for (const view of ['text', 'events', 'json', 'raw', 'trace']) results[view] = await measure(browser, SOURCE, view);
} finally {
  await browser.close();
}
process.stdout.write(JSON.stringify(results));
