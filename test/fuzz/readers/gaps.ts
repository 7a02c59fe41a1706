import { type OffsetRange, offsetAt } from '../../../engine/core/memory/memory.ts';
import { scanImage } from '../../../engine/snapshot/full-scan.ts';
import { openSnapshot } from '../../../engine/snapshot/open-snapshot.ts';
import { Patched } from '../patched.ts';
import type { Random } from '../random.ts';
import { hold, type Reader } from '../reader.ts';
import { SOUND_IMAGES } from '../seeds.ts';
import { expectWhole } from './images.ts';

/** Sound images of which a download does not have all: what is missing is not damaged. */
export const GAP_READER: Reader = {
  name: 'gaps',
  cases: 1500,
  most: 8000,
  run(random) {
    const { name, bytes } = random.pick(SOUND_IMAGES);
    const missing = gapsIn(random, bytes.length);
    const zeros = missing.map(({ start, length }) => ({ start, bytes: new Uint8Array(length) }));
    const snapshot = openSnapshot({ title: name, memory: new Patched(bytes, zeros), bytes: bytes.length, missing, remarks: [] });
    for (const { severity, code, message } of scanImage(snapshot).findings)
      hold(
        severity !== 'error',
        () => `Of ${name} only bytes are missing (${describe(missing)}), and it says ${code}: ${message}`,
      );
    expectWhole(snapshot, random);
  },
};

/** Runs that are not there, in order and apart: the end, as of a download that stopped, or holes. */
function gapsIn(random: Random, size: number): readonly OffsetRange[] {
  if (random.once(2)) {
    const start = random.below(size);
    return [{ start: offsetAt(0, start), length: size - start }];
  }
  const gaps: OffsetRange[] = [];
  const grain = random.pick([1, 512, 4096, 65_536]);
  for (let start = grain * random.below(20); start < size; ) {
    const length = Math.min(grain * (1 + random.below(4)), size - start);
    gaps.push({ start: offsetAt(0, start), length });
    start += length + grain * (1 + random.below(gaps.length > 40 ? 1e9 : 30));
  }
  return gaps;
}

function describe(missing: readonly OffsetRange[]): string {
  const [first, ...more] = missing;
  return `${missing.length} runs, ${first?.start}+${first?.length}${more.length > 0 ? ', …' : ''}`;
}
