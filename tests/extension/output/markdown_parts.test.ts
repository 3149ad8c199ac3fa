import fc from 'fast-check';
import MarkdownIt from 'markdown-it';
import { describe, expect, it } from 'vitest';
import { MarkdownParts, TAIL_LIMIT } from '../../../extension/src/output/markdown_parts';

const markdown = new MarkdownIt('default', { html: false });

/** The parts of a text that comes in pieces, as what is rendered one by one. */
function partsOf(pieces: readonly string[]): string[] {
  const parts = new MarkdownParts();
  const text = pieces.join('');
  let at = 0;
  const found: string[] = [];
  const take = (settled: readonly { prefix: string; length: number }[]) => {
    for (const { prefix, length } of settled) {
      found.push(prefix + text.slice(at, at + length));
      at += length;
    }
  };
  for (const piece of pieces) {
    parts.add(piece);
    take(parts.settle());
  }
  const { tail } = parts;
  expect(tail.text).toBe(text.slice(at));
  return tail.text === '' ? found : [...found, tail.prefix + tail.text];
}

const line = fc.constantFrom(
  ...[
    '',
    '# Title',
    'Some *words* here',
    '- item',
    '  - inner',
    '    deep',
    '1. first',
    '2. second',
    '> quote',
  ],
  ...[
    '```python',
    '```',
    '~~~',
    'code(x)',
    '| a | b |',
    '|---|---|',
    '| 1 | 2 |',
    '---',
    '===',
    '  ',
    '\tx',
    '*',
  ],
);
const document = fc.array(line, { maxLength: 25 }).map((lines) => lines.join('\n'));

describe('settled Markdown', () => {
  it('is rendered part by part as it would be as a whole, however it is cut into pieces', () => {
    fc.assert(
      fc.property(document, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (text, sizes) => {
        const pieces: string[] = [];
        for (let at = 0, turn = 0; at < text.length; turn += 1) {
          const size = sizes[turn % sizes.length] ?? 1;
          pieces.push(text.slice(at, at + size));
          at += size;
        }
        const rendered = partsOf(pieces)
          .map((part) => markdown.render(part))
          .join('');
        expect(rendered).toBe(markdown.render(text));
      }),
      { numRuns: 500 },
    );
  });

  it('settles a block only when another has begun in a complete line', () => {
    const parts = new MarkdownParts();
    const add = (text: string) => {
      parts.add(text);
      return parts.settle();
    };
    expect(add('- a\n')).toEqual([]);
    expect(add('*')).toEqual([]);
    expect(add('*bold*')).toEqual([]);
    expect(add('*\n\n# Title\n')).toEqual([{ prefix: '', length: 14 }]);
    expect(parts.tail).toEqual({ prefix: '', text: '# Title\n' });
  });

  it('opens a long code block again after it was split', () => {
    const code = Array.from({ length: 2_000 }, (_, index) => `line ${index} of the code\n`).join('');
    const found = partsOf([`Look:\n\n\`\`\`python\n${code}\`\`\`\n\nDone.\n`]);
    expect(found.length).toBeGreaterThan(3);
    expect(found[0]).toBe('Look:\n\n');
    for (const part of found.slice(1, -1))
      expect(markdown.render(part)).toMatch(/^<pre><code class="language-python">/);
    const shown = found.map((part) => markdown.render(part)).join('');
    expect(shown.match(/line \d+ of the code/g)).toHaveLength(2_000);
    expect(markdown.render(found.at(-1) ?? '')).toBe('<p>Done.</p>\n');
  });

  it('never grows a part beyond its limit', () => {
    for (const text of [
      'x'.repeat(30_000),
      'word '.repeat(6_000),
      '- item\n'.repeat(5_000),
      '😀'.repeat(9_000),
    ]) {
      const found = partsOf([text]);
      expect(Math.max(...found.map(({ length }) => length))).toBeLessThanOrEqual(TAIL_LIMIT);
      expect(found.join('')).toBe(text);
      for (const part of found) expect(part).not.toMatch(/\p{Surrogate}/u);
    }
  });
});
