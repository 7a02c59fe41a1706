import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** Makes a folder for the traces that the tests of a file write. It is removed after them. */
export function traceFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'stable-memory-traces-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  let count = 0;

  /** Writes a trace of these lines, after a header, to a file. Returns its path. */
  function writtenTrace(...lines: readonly string[]): string {
    count += 1;
    const path = join(folder, `written-${count}.smtrace.jsonl`);
    writeFileSync(path, `{"magic": "ic-stable-trace", "version": 1, "producer": "test"}\n${lines.join('\n')}\n`);
    return path;
  }

  /** A trace with messages in messages: steps 2 to 6 are in `outer`, in it 3, 4 and 5 are in two calls of `inner`. */
  function nestedTrace(): string {
    return writtenTrace(
      '[0, 1, "outer"]',
      '[0, 2, "inner"]',
      '[0, 3, "other"]',
      '[4, 0, 1, 0]',
      '[1, 1, 1, 1]',
      '[5, 0, 0, {"h": "01"}]',
      '[1, 2, 8, 2]',
      '[5, 0, 1, {"h": "02"}]',
      '[5, 0, 2, {"h": "03"}]',
      '[2, 2, 0]',
      '[1, 3, 8, 2]',
      '[5, 0, 3, {"h": "04"}]',
      '[2, 3, 0]',
      '[5, 0, 4, {"h": "05"}]',
      '[2, 1, 0]',
      '[1, 4, 1, 3]',
      '[5, 0, 5, {"h": "06"}]',
      '[2, 4, 0]',
      '[5, 0, 6, {"h": "07"}]',
    );
  }

  return { writtenTrace, nestedTrace };
}
