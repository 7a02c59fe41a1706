import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { tracePathOf, traceTextUri } from '../../../servers/open-files/trace-uri.ts';

test.each([
  ['/home/me/a.smtrace', 'stable-memory-trace:/home/me/a.smtrace'],
  ['/home/me/mixed__mr-1.4.0+ab 0.8.0.jsonl.gz', 'stable-memory-trace:/home/me/mixed__mr-1.4.0%2Bab%200.8.0.jsonl.gz'],
  ["/a/it's (1)!*.smtrace", 'stable-memory-trace:/a/it%27s%20%281%29%21%2A.smtrace'],
  ['C:\\traces\\a.smtrace', 'stable-memory-trace:/C%3A/traces/a.smtrace'],
])('the text of %s is at %s', (path, uri) => expect(traceTextUri(path)).toBe(uri));

test.each([
  ['stable-memory-trace:/home/me/a.smtrace', '/home/me/a.smtrace'],
  ['stable-memory-trace:///home/me/a%2Bb.smtrace', '/home/me/a+b.smtrace'],
  ['file:///home/me/a.smtrace.jsonl', '/home/me/a.smtrace.jsonl'],
  ['stable-memory-trace:/c%3A/traces/a.smtrace', 'c:/traces/a.smtrace'],
  ['untitled:Untitled-1', undefined],
  ['https://example.org/a', undefined],
])('%s is the trace %s', (uri, path) => expect(tracePathOf(uri)).toBe(path));

law.prop([
  fc.array(
    fc.string({ minLength: 1, unit: 'grapheme' }).map((part) => part.replaceAll(/[/\\]/g, '_')),
    { minLength: 1 },
  ),
])('any path is found again', (parts) => {
  const path = `/x/${parts.join('/')}`;
  expect(tracePathOf(traceTextUri(path))).toBe(path);
});
