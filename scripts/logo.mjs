// Draws media/logo.svg as media/logo.png, the extension's icon: the Marketplace takes no SVG. Run it after a change of the drawing.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { onPath, root, script } from './steps.mjs';

const SIZE = 256;
const media = path.join(root, 'media');

await script(async () => {
  const executablePath = process.env['CHROMIUM'] ?? (onPath('chromium') ? '/usr/bin/chromium' : '/usr/bin/google-chrome');
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage({ viewport: { width: SIZE, height: SIZE } });
    const drawing = readFileSync(path.join(media, 'logo.svg'), 'utf8');
    await page.setContent(`<style>body { margin: 0 } svg { display: block }</style>${drawing}`);
    writeFileSync(path.join(media, 'logo.png'), await page.screenshot({ omitBackground: true }));
  } finally {
    await browser.close();
  }
});
