import { Budget } from '../../../engine/core/budget.ts';
import { UserError } from '../../../engine/core/user-error.ts';
import { compareWithLock } from '../../../engine/lock/compare-lock.ts';
import type { LayoutLock } from '../../../engine/lock/lock.ts';
import { readLock } from '../../../engine/lock/read-lock.ts';
import { takeLock } from '../../../engine/lock/take-lock.ts';
import { updateLock } from '../../../engine/lock/update-lock.ts';
import { writeLock } from '../../../engine/lock/write-lock.ts';
import { scanImage } from '../../../engine/snapshot/full-scan.ts';
import { openSnapshot } from '../../../engine/snapshot/open-snapshot.ts';
import { mutated, patches } from '../mutate.ts';
import { Patched } from '../patched.ts';
import type { Random } from '../random.ts';
import { assert, type Reader } from '../reader.ts';
import { IMAGES, type Seed } from '../seeds.ts';

const TEXT = JSON.stringify({
  schema: 'stable-memory/lock/1',
  layout: 'memory-manager',
  managers: { manager: { version: 1, bucketPages: 1 } },
  spaces: {
    'memory/0': {
      state: 'deprecated',
      structure: 'btreemap',
      version: 2,
      pageSize: 1024,
      key: 'u64-be',
      value: 'text',
      holds: true,
    },
    'memory/1': { state: 'retired', note: 'old', structure: 'vec', valueGuess: 'u64-be', maxValueSize: 8, fixedValueSize: true },
    'memory/4': { state: 'live', structure: 'log', role: 'data', of: 'memory/3' },
  },
  variables: { users: { state: 'live', type: 'var List<(Nat, {#a; #b : [var Text]})>' } },
  types: { 'List<T>': '?(T, List<T>)' },
});
/** Words that replace others, so that most cases are still JSON. */
const WORDS = ['live', 'retired', 'deprecated', 'memory/0', 'region/16', 'vec', 'cell', '__proto__', 'Nat', '{', 'List<', 'true'];

const LIMITS = { steps: 20_000, bytes: 2 ** 25 } as const;

export const LOCK_READER: Reader = {
  name: 'locks',
  cases: 1_000,
  maxTime: 8000,
  run(random) {
    const lock = readOrRefuse(random.once(3) ? replaced(random) : new TextDecoder().decode(mutated(random, encode(TEXT))));
    if (lock !== undefined)
      assert(writeLock(readLock(writeLock(lock), 'lock')) === writeLock(lock), () => 'The lock is not read as written.');
    if (!random.once(12)) return;
    const image = random.pick(IMAGES);
    const [before, after] = [openChanged(random, image), openChanged(random, image)];
    const [old, current] = [before, after].map((snapshot) =>
      takeLock(snapshot, scanImage(snapshot, new Budget(LIMITS)).structures),
    );
    if (old === undefined || current === undefined) throw new Error('There is no lock.');
    assert(updateLock(current, current).changes.length === 0, () => 'A lock differs from itself.');
    updateLock(old, current);
    for (const each of lock === undefined ? [old] : [old, lock]) {
      const further = (structures: Parameters<typeof compareWithLock>[2]) => compareWithLock(after, each, structures);
      for (const { code, at } of scanImage(after, new Budget(LIMITS), further).findings)
        assert(at.start >= 0 && at.length >= 0 && at.start + at.length <= after.bytes, () => `${code} is outside the image.`);
    }
  },
};

function openChanged(random: Random, { bytes, places }: Seed) {
  const changes = patches(random, bytes.length, places, (start, length) => bytes.subarray(start, start + length));
  const memory = new Patched(bytes, random.once(3) ? [] : changes);
  return openSnapshot({ title: 'fuzzed', memory, bytes: bytes.length, missing: [], remarks: [] });
}

function readOrRefuse(text: string): LayoutLock | undefined {
  try {
    return readLock(text, 'lock');
  } catch (error) {
    assert(error instanceof UserError, () => `It is not refused in a sentence: ${String(error)}`);
    return undefined;
  }
}

function replaced(random: Random): string {
  const words = TEXT.split(/\b/);
  for (let count = 1 + random.below(3); count > 0; count -= 1)
    words[random.below(words.length)] = WORDS[random.below(WORDS.length)] ?? '';
  return words.join('');
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
