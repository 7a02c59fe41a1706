/** The pages that are reported are enough to undo a message. */
import { fc, test as law } from '@fast-check/vitest';
import { expect } from 'vitest';
import { i32Const, i64Const } from '../../../../engine/recorder/instrument/format/encode.ts';
import { assemble, type Code, functionType } from './assemble.ts';
import { TestHost } from './host.ts';

const PAGE = 4096;
const SIZE = 65_536;

/** Addresses, many of them near the boundary of a page. */
const ADDRESS = fc.oneof(
  fc.nat({ max: SIZE - 1 }),
  fc.tuple(fc.nat({ max: 15 }), fc.integer({ min: -9, max: 9 })).map(([page, by]) => Math.max(0, page * PAGE + by)),
);

/** Operations that may trap at the end of memory. */
const OPERATION: fc.Arbitrary<Code> = fc.oneof(
  ADDRESS.map((to) => [...i32Const(to), ...i32Const(-1), 0x36, 0, 0]),
  ADDRESS.map((to) => [...i32Const(to), ...i64Const(-1), 0x37, 0, 3]),
  ADDRESS.map((to) => [...i32Const(to), ...i32Const(-1), 0x3a, 0, 0]),
  fc.tuple(ADDRESS, fc.nat({ max: 9000 })).map(([to, length]) => [...range(to, 7, length), 0xfc, 11, 0]),
  fc.tuple(ADDRESS, ADDRESS, fc.nat({ max: 5000 })).map(([to, from, length]) => [...range(to, from, length), 0xfc, 10, 0, 0]),
);

function range(to: number, second: number, length: number): Code {
  return [...i32Const(to), ...i32Const(second), ...i32Const(length)];
}

law.prop([fc.array(OPERATION, { minLength: 1, maxLength: 30 })], { numRuns: 300 })(
  'whatever it writes, and where it traps',
  (operations) => {
    const host = new TestHost(
      assemble({
        types: [functionType([])],
        memories: [[1, 1, 1]],
        functions: [{ type: 0, code: operations.flat(), export: 'run' }],
      }),
    );
    host.memory.forEach((_, index, memory) => {
      memory[index] = index % 251;
    });
    const before = host.memory.slice();
    const saved = new Map<number, Uint8Array>();
    host.onTouch = (first, last) => {
      for (let page = first; page <= Math.min(last, SIZE / PAGE - 1); page++) {
        if (!saved.has(page)) saved.set(page, host.memory.slice(page * PAGE, (page + 1) * PAGE));
      }
    };
    try {
      host.touches('run');
    } catch (error) {
      expect(String(error)).toContain('memory access out of bounds');
    }
    for (const [page, bytes] of saved) host.memory.set(bytes, page * PAGE);
    expect(Buffer.compare(host.memory, before)).toBe(0);
  },
);
