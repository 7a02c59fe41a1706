import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { markdownText } from '../../../engine/core/markdown.ts';

test.each([
  ['plain words, 0x10 + 64.', 'plain words, 0x10 + 64.'],
  ['![x](https://example.org/pixel.png)', '\\!\\[x\\]\\(https\\://example.org/pixel.png\\)'],
  ['[run](command:evil)', '\\[run\\]\\(command\\:evil\\)'],
  ['<img src=x onerror=y>', '\\<img src=x onerror=y\\>'],
  ['see www.example.org, WWW.example.org or me@example.org', 'see www\\.example.org, WWW\\.example.org or me\\@example.org'],
  ['a *b* `c` $(d)', 'a \\*b\\* \\`c\\` \\$\\(d\\)'],
  ['&lt;', '\\&lt;'],
  ['first\n# second', 'first\\\\n\\# second'],
  ['- item', '\\- item'],
  ['1. item', '1\\. item'],
  ['a\u202eb', 'a\\\\u\\{202e\\}b'],
])('%j', (text, markdown) => expect(markdownText(text)).toBe(markdown));

law.prop([fc.string({ unit: 'binary' })])('no character with a meaning in Markdown is left unescaped', (text) => {
  const markdown = markdownText(text);
  expect(markdown.replaceAll(/\\./g, '')).not.toMatch(/[\\`*_{}[\]()#!~|<>&:@$\n\r]|www\./i);
});
