import { createHash } from 'node:crypto';
import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { fromHex } from '../../../../engine/core/format.ts';
import { BytesMemory } from '../../../../engine/core/memory/bytes-memory.ts';
import { at, byteLength, PAGE_SIZE, type ReadableMemory, readBytes } from '../../../../engine/core/memory/memory.ts';
import { Unreadable } from '../../../../engine/core/unreadable.ts';
import { inspectRegionManager } from '../../../../engine/motoko/regions/inspect.ts';
import { type Region, RegionManager } from '../../../../engine/motoko/regions/operate.ts';
import { image, imageBytes, sidecar } from '../../../fixtures.ts';
import { memoryOf } from '../patched.ts';

interface Operation {
  readonly op: string;
  readonly id?: number;
  readonly handle?: number;
  readonly pages?: number;
  readonly returned?: number;
  readonly offset?: number;
  readonly hex?: string;
  readonly len?: number;
  readonly value?: string | number;
}

const utf8 = new TextEncoder();
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const whole = (memory: ReadableMemory) => readBytes(memory, at(0, 0), byteLength(memory));

/** Returns the bytes that a recorded store writes. If the record has only their hash, returns those of the image. */
function stored(operation: Operation, there: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  switch (operation.op) {
    case 'storeNat64':
      view.setBigUint64(0, BigInt(operation.value ?? 0), true);
      return bytes;
    case 'storeFloat':
      view.setFloat64(0, Number(operation.value), true);
      return bytes;
    case 'storeInt16':
      view.setInt16(0, Number(operation.value), true);
      return bytes.subarray(0, 2);
    default:
      return operation.hex === undefined ? there : (fromHex(operation.hex) ?? there);
  }
}

test.each(['regions-basic-eop', 'regions-basic-classical'])('the recorded calls leave the image of the runtime: %s', (name) => {
  const { operations } = sidecar<{ readonly operations: readonly Operation[] }>(name);
  const expected = inspectRegionManager(image(name), () => {});
  const memory = new BytesMemory();
  const manager = RegionManager.init(memory);
  const regions: Region[] = [];
  for (const operation of operations) {
    const region = regions[operation.handle ?? -1];
    if (operation.op === 'new') {
      regions.push(manager.newRegion());
      expect(regions.at(-1)?.id).toBe(operation.id);
    } else if (operation.op === 'grow') expect(region?.grow(operation.pages ?? 0)).toBe(operation.returned);
    else if (region) {
      const start = at(0, operation.offset ?? 0);
      const view = expected?.region(region.id);
      region.write(start, stored(operation, view ? readBytes(view, start, operation.len ?? 0) : new Uint8Array()));
    }
  }
  expect(sha256(whole(memory))).toBe(sha256(imageBytes(name)));
});

test('experimental stable memory becomes region 0, as the runtime makes it', () => {
  const memory = new BytesMemory(200);
  memory.write(at(0, 0), utf8.encode('ESM byte zero'));
  memory.write(at(0, 8_388_604), utf8.encode('ACROSS-8MiB'));
  memory.write(at(0, 13_107_196), utf8.encode('LAST'));
  const manager = RegionManager.init(memory);
  const region = manager.newRegion();
  region.grow(3);
  region.write(at(0, 5), utf8.encode('in region 16'));
  expect(sha256(whole(memory))).toBe(sha256(imageBytes('esm-migrated-to-regions-cls')));
  expect(new TextDecoder().decode(readBytes(manager.get(0), at(0, 8_388_604), 11))).toBe('ACROSS-8MiB');
});

test('a new manager has six pages and no blocks', () => {
  const memory = new BytesMemory();
  RegionManager.init(memory).newRegion();
  expect(memory.pages).toBe(6);
  RegionManager.init(memory).newRegion().grow(1);
  expect(memory.pages).toBe(144);
});

test('without room nothing changes', () => {
  const memory = new BytesMemory(0, 150);
  const manager = RegionManager.init(memory);
  const region = manager.newRegion();
  expect(region.grow(128)).toBe(0);
  const before = sha256(whole(memory));
  expect(region.grow(1)).toBe(-1);
  expect([region.pages, sha256(whole(memory))]).toEqual([128, before]);
});

test('a manager that the runtime would refuse is refused', () => {
  expect(() => RegionManager.init(memoryOf(6, { 0: [...utf8.encode('MOREGION'), 3] }))).toThrow(Unreadable);
});

test('a region that was never created is the caller’s mistake', () => {
  expect(() => RegionManager.init(new BytesMemory()).get(16)).toThrow(RangeError);
});

const growth = fc.tuple(fc.nat({ max: 2 }), fc.nat({ max: 150 }));
law.prop([fc.array(growth, { minLength: 1, maxLength: 5 })], { numRuns: 15 })(
  'regions keep their bytes apart, also after a restart',
  (steps) => {
    const memory = new BytesMemory();
    const manager = RegionManager.init(memory);
    const regions = [manager.newRegion(), manager.newRegion(), manager.newRegion()];
    const pages = [0, 0, 0];
    for (const [which, by] of steps) {
      const region = regions[which];
      if (!region) continue;
      expect(region.grow(by)).toBe(pages[which]);
      pages[which] = (pages[which] ?? 0) + by;
      // Each page begins with its name.
      for (let page = 0; page < region.pages; page++) region.write(at(0, page * PAGE_SIZE), Uint8Array.of(which + 1, page & 255));
    }
    const again = RegionManager.init(memory);
    const findings: string[] = [];
    const view = inspectRegionManager(memory, ({ message }) => findings.push(message));
    expect(findings).toEqual([]);
    for (const [which, { id }] of regions.entries()) {
      expect(again.pagesOf(id)).toBe(pages[which]);
      expect(view?.region(id)?.pages ?? 0).toBe(pages[which]);
      for (let page = 0; page < again.pagesOf(id); page++) {
        expect([...readBytes(again.get(id), at(0, page * PAGE_SIZE), 2)]).toEqual([which + 1, page & 255]);
      }
    }
  },
);
