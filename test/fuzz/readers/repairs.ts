import { byteLength } from '../../../engine/core/memory/memory.ts';
import { finish } from '../../../engine/core/slices.ts';
import { repairImage } from '../../../engine/repair/repair.ts';
import type { PlacedFinding } from '../../../engine/snapshot/placed.ts';
import { patches } from '../mutate.ts';
import { Patched } from '../patched.ts';
import { assert, type Reader } from '../reader.ts';
import { IMAGES } from '../seeds.ts';

/** Maximum scans of a case: each may scan the image once. */
const SCANS = 12;

/** Repairs damaged images: no finding becomes worse, each is repaired or refused, and the image itself stays as it is. */
export const REPAIR_READER: Reader = {
  name: 'repairs',
  cases: 100,
  maxTime: 60_000,
  run(random) {
    const { bytes, places } = random.pick(IMAGES);
    const changes = patches(random, bytes.length, places, (start, length) => bytes.subarray(start, start + length));
    const memory = new Patched(bytes, changes);
    const source = { title: 'fuzzed', memory, bytes: byteLength(memory), missing: [], remarks: [] };
    const { before, after, made, refused } = finish(repairImage(source, { scans: SCANS }));
    const old = tally(before.found);
    for (const [name, count] of tally(after.found))
      assert(count <= (old.get(name) ?? 0), () => `${name} is worse: ${made.map(({ what }) => what).join(' ')}`);
    assert(made.length > 0 || after === before, () => 'Nothing was repaired, but the image is another one.');
    for (const { finding, why } of refused) assert(/[.!]$/.test(why), () => `${finding.code} is refused without a sentence.`);
  },
};

function tally(findings: readonly PlacedFinding[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { severity, code, part } of findings)
    if (severity !== 'information') counts.set(`${code} ${part}`, (counts.get(`${code} ${part}`) ?? 0) + 1);
  return counts;
}
