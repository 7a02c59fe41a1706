/** Damaged modules never throw, and never take long. */
import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { instrument } from '../../../../engine/recorder/instrument/instrument.ts';
import { readFunctionNames } from '../../../../engine/recorder/instrument/names.ts';
import { processorTime } from '../../../patience.ts';
import { instrumented } from './host.ts';
import { REAL_MODULE } from './real-module.ts';
import { RICH_MODULE } from './rich-module.ts';

function read(module: Uint8Array): void {
  instrument(module);
  readFunctionNames(module);
}

test('the whole module is valid', () => {
  instrumented(RICH_MODULE);
});

law.prop([fc.uint8Array({ maxLength: 400, size: 'max' })])('random bytes', (bytes) => read(bytes));

law.prop([fc.uint8Array({ maxLength: 400, size: 'max' })])('random bytes after the header', (bytes) =>
  read(Uint8Array.from([...RICH_MODULE.subarray(0, 8), ...bytes])),
);

test('every byte of a small module, damaged', () => {
  for (let at = 0; at < RICH_MODULE.length; at++) {
    for (const change of [1, 0x20, 0x40, 0x80, 0xff]) {
      const module = RICH_MODULE.slice();
      module[at] = (module[at] ?? 0) ^ change;
      read(module);
    }
  }
});

test('a small module, cut everywhere', () => {
  for (let length = 0; length < RICH_MODULE.length; length++) read(RICH_MODULE.subarray(0, length));
});

law.prop([fc.nat({ max: REAL_MODULE.length - 1 }), fc.integer({ min: 1, max: 255 })], { numRuns: 25 })(
  'a byte of a real module, damaged',
  (at, change) => {
    const module = REAL_MODULE.slice();
    module[at] = (module[at] ?? 0) ^ change;
    read(module);
  },
);

test('large counts are not believed', () => {
  const count = [0xff, 0xff, 0xff, 0xff, 0x0f];
  for (let id = 1; id <= 12; id++) {
    const module = Uint8Array.from([...RICH_MODULE.subarray(0, 8), id, count.length, ...count]);
    expect(processorTime(() => read(module), 100)).toBeLessThan(100);
  }
});
