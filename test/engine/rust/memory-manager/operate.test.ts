import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { BytesMemory } from '../../../../engine/core/memory/bytes-memory.ts';
import { at, byteLength, type Memory, OutOfMemory, PAGE_SIZE, readBytes } from '../../../../engine/core/memory/memory.ts';
import { Unreadable } from '../../../../engine/core/unreadable.ts';
import { inspectManager } from '../../../../engine/rust/memory-manager/inspect.ts';
import { type BucketReuse, MemoryManager } from '../../../../engine/rust/memory-manager/operate.ts';
import { image, imageBytes, sidecar } from '../../../fixtures.ts';
import { sha256 } from '../sidecar.ts';

interface Step {
  readonly op?: 'grow' | 'reclaim';
  readonly mem: number;
  readonly delta?: number;
  readonly ret?: number;
  readonly ret_pages?: number;
}

/** Repeats the library's operations in an empty memory, then copies the content of every virtual memory from its image. */
function replay(name: string, steps: readonly Step[], bucketPages: number, reuse: BucketReuse): Memory {
  const memory = new BytesMemory();
  const manager = MemoryManager.init(memory, bucketPages, reuse);
  for (const step of steps) {
    if (step.op === 'reclaim') expect(manager.reclaim(step.mem)).toBe(step.ret_pages);
    else expect(manager.get(step.mem).grow(step.delta ?? 0)).toBe(step.ret);
  }
  for (const view of inspectManager(image(name), () => {})?.memories ?? []) {
    manager.get(view.id).write(at(0, 0), readBytes(view, at(0, 0), byteLength(view)));
  }
  return memory;
}

/** Returns the SHA-256 of the part that the manager writes. */
const tables = (memory: Memory | ReturnType<typeof image>): string => sha256(memory, at(0, 0), PAGE_SIZE);

test('the library’s grows produce the library’s image', () => {
  const { ops } = sidecar<{ ops: { grows: readonly Step[] } }>('mm-basic');
  expect(sha256(replay('mm-basic', ops.grows, 2, 'never'))).toBe(sha256(image('mm-basic')));
});
test.each<[string, BucketReuse]>([
  ['mm-reclaimed-v071', 'lowest-first'],
  ['mm-reclaimed-conservative', 'ascending'],
])('%s: reuse of the %s freed bucket produces the library’s page', (name, reuse) => {
  const { ops } = sidecar<{ ops: readonly Step[] }>(name);
  expect(tables(replay(name, ops, 1, reuse))).toBe(tables(image(name)));
});

test('an empty memory gets a manager of one page', () => {
  const memory = new BytesMemory();
  MemoryManager.init(memory, 16);
  expect(sha256(memory)).toBe(sha256(image('mm-empty')));
});
test('a manager keeps the bucket size that it was created with', () => {
  expect(MemoryManager.init(BytesMemory.of(imageBytes('mm-basic')), 99).bucketPages).toBe(2);
});
test('a foreign magic is overwritten, as the library does', () => {
  const memory = BytesMemory.of(imageBytes('corrupt-mm-bad-magic'));
  expect(MemoryManager.init(memory).get(0).pages).toBe(0);
  expect(readBytes(memory, at(0, 0), 4)).toEqual(Uint8Array.of(0x4d, 0x47, 0x52, 1));
});
test.each(['corrupt-mm-bad-version', 'corrupt-mm-bucket-size-zero', 'mm-v2draft-pr236'])('%s is rejected', (name) => {
  expect(() => MemoryManager.init(BytesMemory.of(imageBytes(name)))).toThrow(Unreadable);
});

test('the bucket order of 0.7.1 is lost at the next load', () => {
  const memory = new BytesMemory();
  const manager = MemoryManager.init(memory, 1, 'lowest-first');
  manager.get(0).grow(2);
  manager.get(1).grow(2);
  manager.reclaim(0);
  manager.get(1).grow(2);
  expect(manager.bucketsOf(1)).toEqual([2, 3, 0, 1]);
  manager.reload();
  expect(manager.bucketsOf(1)).toEqual([0, 1, 2, 3]);
});

test('a grow past the last bucket returns -1 and changes nothing', () => {
  const memory = new BytesMemory(0, 40_000);
  const manager = MemoryManager.init(memory, 1);
  memory.write(at(0, 4), Uint8Array.of(0xfe, 0x7f));
  manager.reload();
  const before = sha256(memory);
  expect(manager.get(3).grow(3)).toBe(-1);
  expect(sha256(memory)).toBe(before);
});
test('a base memory that cannot grow throws, where the library traps', () => {
  expect(() => MemoryManager.init(new BytesMemory(0, 10), 16).get(0).grow(1)).toThrow(OutOfMemory);
});
test('ids end at 254', () => expect(() => MemoryManager.init(new BytesMemory()).get(255)).toThrow(RangeError));
test('a read past the end of a memory throws', () => {
  const one = MemoryManager.init(new BytesMemory(), 4).get(9);
  one.grow(1);
  expect(() => readBytes(one, at(0, PAGE_SIZE - 1), 2)).toThrow(RangeError);
});

test('a memory object always uses the current buckets', () => {
  const manager = MemoryManager.init(new BytesMemory(), 1, 'lowest-first');
  const [one, other] = [manager.get(0), manager.get(1)];
  const first = (memory: Memory): number | undefined => readBytes(memory, at(0, 0), 1)[0];
  one.grow(1);
  one.write(at(0, 0), Uint8Array.of(1));
  const state = manager.save();
  manager.reclaim(0);
  expect(() => first(one)).toThrow(RangeError);
  other.grow(1);
  one.grow(1);
  one.write(at(0, 0), Uint8Array.of(2));
  expect([first(one), first(other)]).toEqual([2, 1]);
  manager.restore(state);
  expect(first(one)).toBe(1);
  expect(() => first(other)).toThrow(RangeError);
});
test('the header after restoring a state is that of a new manager', () => {
  const memory = new BytesMemory();
  const manager = MemoryManager.init(memory, 1);
  const empty = manager.save();
  manager.get(0).grow(3);
  manager.restore(empty);
  manager.get(1).grow(1);
  const fresh = new BytesMemory();
  MemoryManager.init(fresh, 1).get(1).grow(1);
  expect(readBytes(memory, at(0, 0), 2080)).toEqual(readBytes(fresh, at(0, 0), 2080));
});

const id = fc.integer({ min: 0, max: 3 });
const step = fc.oneof(
  fc.record({ id, grow: fc.integer({ min: 0, max: 5 }) }),
  fc.record({ id, at: fc.nat({ max: 20 * PAGE_SIZE }), bytes: fc.uint8Array({ minLength: 1, maxLength: 200_000, size: 'max' }) }),
);

law.prop([fc.integer({ min: 1, max: 3 }), fc.array(step, { maxLength: 15 })], { numRuns: 30 })(
  'memories behave like separate ones, and a reload changes nothing',
  (bucketPages, steps) => {
    const manager = MemoryManager.init(new BytesMemory(), bucketPages);
    const models = [0, 1, 2, 3].map(() => new BytesMemory());
    const kept = models.map((_, index) => manager.get(index));
    for (const one of steps) {
      const model = models[one.id] ?? new BytesMemory();
      if ('grow' in one) expect(manager.get(one.id).grow(one.grow)).toBe(model.grow(one.grow));
      else if (one.at + one.bytes.length <= byteLength(model)) {
        manager.get(one.id).write(at(0, one.at), one.bytes);
        model.write(at(0, one.at), one.bytes);
        expect(readBytes(kept[one.id] ?? model, at(0, one.at), one.bytes.length)).toEqual(one.bytes);
      }
      if (one.id > 1) manager.reload();
    }
    models.forEach((model, index) => {
      expect(manager.get(index).pages).toBe(model.pages);
      expect(sha256(manager.get(index))).toBe(sha256(model));
    });
  },
);
