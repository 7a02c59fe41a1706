import { Budget } from '../../../engine/core/budget.ts';
import { finish } from '../../../engine/core/slices.ts';
import { readStored } from '../../../engine/core/structure.ts';
import { UserError } from '../../../engine/core/user-error.ts';
import type { Edit } from '../../../engine/edit/edit.ts';
import { editSnapshot } from '../../../engine/edit/edit-snapshot.ts';
import { sourcesIn } from '../../../engine/recover/find-recovered.ts';
import { scanImage } from '../../../engine/snapshot/full-scan.ts';
import { openSnapshot } from '../../../engine/snapshot/open-snapshot.ts';
import type { PlacedStructure } from '../../../engine/snapshot/placed.ts';
import type { Snapshot } from '../../../engine/snapshot/snapshot.ts';
import { encodeCbor } from '../../../engine/values/notation/cbor-encode.ts';
import { RecoverySearch } from '../../../engine/views/rescue/recover-lines.ts';
import { mutated, patches } from '../mutate.ts';
import { Patched } from '../patched.ts';
import type { Random } from '../random.ts';
import { assert, type Reader } from '../reader.ts';
import { IMAGES, type Seed } from '../seeds.ts';

const LIMITS = { steps: 20_000, bytes: 2 ** 25 } as const;
const CBOR_TEXT = new TextEncoder().encode(`{"name": "Zoë", 1: h'00ff', "list": [1, -2, 3.5, 1(2)], "none": null}`);

/** Recovers from damaged images, and edits them: an edit is refused in a sentence, or makes nothing worse. */
export const RESCUE_READER: Reader = {
  name: 'rescue',
  cases: 500,
  maxTime: 8000,
  run(random) {
    encodeCbor(new TextDecoder().decode(mutated(random, CBOR_TEXT)));
    const image = random.pick(IMAGES);
    const snapshot = openChanged(random, image);
    const search = new RecoverySearch(snapshot, sourcesIn(snapshot), new Budget(LIMITS));
    for (const line of search.lines())
      assert(line?.offset === undefined || line.offset < image.bytes.length, () => `${line?.part} is outside of the image.`);
    search.report();
    if (random.once(4)) edit(random, snapshot);
  },
};

function edit(random: Random, snapshot: Snapshot): void {
  const scan = scanImage(snapshot, new Budget(LIMITS));
  const placed = snapshot.structures[random.below(Math.max(1, snapshot.structures.length))];
  if (placed === undefined || scan.cutShort !== undefined) return;
  const reopen = (memory: Snapshot['memory']): Snapshot =>
    openSnapshot({ title: 'edited', memory, bytes: snapshot.bytes, missing: [], remarks: [] });
  try {
    finish(editSnapshot({ snapshot, scan }, placed, randomEdit(random, placed), reopen));
  } catch (error) {
    assert(error instanceof UserError, () => `It is not refused in a sentence: ${String(error)}`);
  }
}

function randomEdit(random: Random, { structure }: PlacedStructure): Edit {
  const budget = new Budget(LIMITS);
  const pick = () => structure.elements(random.below(Math.min(1_000, Math.max(1, structure.count(budget)))), 1, budget)[0];
  const [one, other] = [pick(), pick()];
  const key = one?.key === undefined || random.once(8) ? {} : { key: readStored(one.key, 10_000) };
  const value = other?.value === undefined ? new Uint8Array(random.below(64)) : readStored(other.value, 10_000);
  const index = random.once(2) ? {} : { index: one?.index ?? 0 };
  return random.pick<Edit>([
    { kind: 'set', ...key, ...index, value },
    { kind: 'insert', ...key, value },
    { kind: 'remove', ...key, ...index },
    { kind: 'bound', max: 1 + random.below(2_000) },
  ]);
}

function openChanged(random: Random, { bytes, places }: Seed): Snapshot {
  const changes = patches(random, bytes.length, places, (start, length) => bytes.subarray(start, start + length));
  const memory = new Patched(bytes, random.once(2) ? [] : changes);
  return openSnapshot({ title: 'fuzzed', memory, bytes: bytes.length, missing: [], remarks: [] });
}
