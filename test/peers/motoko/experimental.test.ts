import { fc } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { at, type Memory, PAGE_SIZE, readBytes } from '../../../engine/core/memory/memory.ts';
import { OverlayMemory } from '../../../engine/core/memory/overlay.ts';
import { RegionManager } from '../../../engine/motoko/regions/operate.ts';
import { blob, blobIn, message, nat64, nat64In } from './candid.ts';
import { Canister } from './canister.ts';
import { compile } from './compile.ts';
import { expectSameImage, phaseOf } from './images.ts';

/** Stores and loads at the same random places in the canister and in a memory of the engine. */
function use(canister: Canister, ours: Memory, seed: number): void {
  const end = ours.pages * PAGE_SIZE;
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 2000, size: 'max' });
  for (const [share, stored] of fc.sample(fc.tuple(fc.nat({ max: 1000 }), bytes), { seed, numRuns: 200 })) {
    const offset = Math.floor(((end - stored.length) * share) / 1000);
    canister.call('store', message(nat64(offset), blob(stored)));
    ours.write(at(0, offset), stored);
    const before = Math.max(0, offset - 100);
    const loaded = canister.call('load', message(nat64(before), nat64(stored.length)));
    expect(Buffer.compare(blobIn(loaded), readBytes(ours, at(0, before), stored.length))).toBe(0);
  }
}

function upgrade(canister: Canister, ours: Memory, version: number): void {
  const pages = canister.stable.pages;
  canister.preUpgrade();
  expect(phaseOf(canister.stable)).toMatchObject({ state: 'pre-upgrade', version });
  canister.postUpgrade();
  expect(canister.stable.pages).toBeLessThanOrEqual(pages + 1);
  ours.grow(canister.stable.pages - ours.pages);
  expectSameImage(ours, canister.stable);
}

test.each([
  ['enhancedOP', 1, 5, 6],
  ['enhancedOP', 128, 5, 6],
  ['enhancedOP', 300, 5, 6],
  ['classicOP', 129, 1, 2],
] as const)('%s: ExperimentalStableMemory of %i pages becomes region 0', (persistence, pages, before, after) => {
  const canister = new Canister(compile('experimental.mo', persistence), new OverlayMemory());
  const image = new OverlayMemory();
  expect(nat64In(canister.call('grow', message(nat64(pages))))).toBe(BigInt(image.grow(pages)));
  use(canister, image, pages);
  expectSameImage(image, canister.stable);
  upgrade(canister, image, before);

  const manager = RegionManager.init(image, pages);
  const made = manager.newRegion();
  made.grow(3);
  expect(nat64In(canister.call('migrate', message(nat64(3))))).toBe(BigInt(made.id));
  expectSameImage(image, canister.stable);
  upgrade(canister, image, after);

  const old = manager.get(0);
  expect(nat64In(canister.call('size', message()))).toBe(BigInt(old.pages));
  expect(nat64In(canister.call('grow', message(nat64(200))))).toBe(BigInt(old.grow(200)));
  use(canister, old, pages + 1);
  expectSameImage(image, canister.stable);
});
