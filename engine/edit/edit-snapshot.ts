import { compareFindings, type FindingDifference } from '../compare/compare-findings.ts';
import { comparePair } from '../compare/compare-snapshots.ts';
import type { ScannedSnapshot } from '../compare/scanned-snapshot.ts';
import { Budget } from '../core/budget.ts';
import { byteLength, type ReadableMemory } from '../core/memory/memory.ts';
import { OverlayMemory, type OverlayState } from '../core/memory/overlay.ts';
import { isWithin } from '../core/part-ids.ts';
import type { Sliced } from '../core/slices.ts';
import { findStructure } from '../snapshot/find-part.ts';
import { scanImage } from '../snapshot/full-scan.ts';
import type { PlacedFinding, PlacedStructure } from '../snapshot/placed.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Edit, EditedElement, EditKind } from './edit.ts';
import { editStructure } from './edit-structure.ts';
import { refusal } from './refusal.ts';

/** The result of an edit on a copy. It was checked, and nothing was written to a file. */
export interface EditedSnapshot {
  readonly edit: EditKind;
  readonly element: EditedElement;
  /** The image before and after, two states of one overlay. */
  readonly states: { readonly before: OverlayState; readonly after: OverlayState };
  readonly before: { readonly snapshot: Snapshot; readonly placed: PlacedStructure };
  readonly after: { readonly snapshot: Snapshot; readonly placed: PlacedStructure };
  readonly findings: FindingDifference;
}

/** Opens the memory of a snapshot that was edited, with the labels and codecs of that snapshot. */
export type Reopen = (memory: ReadableMemory) => Snapshot;

/**
 * Edits one structure on a copy of a snapshot, and checks that this changed nothing else and did no damage. Yields often.
 * @throws UserError if the structure is damaged, or no operation of its library makes such a change
 */
export function* editSnapshot(
  before: ScannedSnapshot,
  placed: PlacedStructure,
  edit: Edit,
  reopen: Reopen,
): Sliced<EditedSnapshot> {
  assertSound(before, placed);
  const image = new OverlayMemory(before.snapshot.memory);
  const start = image.state();
  const element = editStructure(before.snapshot, placed, image, edit);
  yield;
  const end = image.state();
  const snapshot = reopen(end);
  const now = findStructure(snapshot, placed.part);
  if (now === undefined) throw new Error(`${placed.part} cannot be read any more after the edit.`);
  snapshot.decoding.adopt(before.snapshot.decoding);
  const scan = scanImage(snapshot);
  yield;
  const findings = compareFindings(before.scan.findings, scan.findings);
  const worse = findings.added.find((finding) => isWorse(finding, before.scan.findings, scan.findings));
  if (worse !== undefined) throw refusal(`The edit would cause a finding in ${worse.part}, ${worse.code}: ${worse.message}`);
  const difference = yield* comparePair(before, { snapshot, scan }, { before: placed, after: now }, new Budget());
  const { added, removed, changed } = difference;
  if (!isExpected(edit, { added, removed, changed }))
    throw new Error(`The edit of ${placed.part} added ${added}, removed ${removed} and changed ${changed} entries.`);
  return {
    edit: edit.kind,
    element,
    states: { before: start, after: end },
    before: { snapshot: before.snapshot, placed },
    after: { snapshot, placed: now },
    findings,
  };
}

/** @throws UserError if the structure, its manager or the file is damaged */
function assertSound({ snapshot, scan }: ScannedSnapshot, { part, spaces }: PlacedStructure): void {
  if (snapshot.places.isIncomplete || byteLength(snapshot.memory) !== snapshot.bytes)
    throw refusal('The snapshot is not whole: "check" says what is missing.');
  const others = snapshot.structures.map((placed) => placed.part).filter((each) => each !== part);
  const isAbout = (finding: PlacedFinding): boolean =>
    finding.severity === 'error' &&
    !others.some((each) => each === finding.part) &&
    (spaces.some((space) => isWithin(finding.part, space.part)) || !isInSpace(snapshot, finding));
  const [damage] = scan.findings.filter(isAbout);
  if (damage !== undefined)
    throw refusal(`${damage.part} is damaged (${damage.code}): ${damage.message} Repair it first: "repair".`);
}

/** Returns whether a finding is about one memory or region, and not about all of the image. */
function isInSpace(snapshot: Snapshot, { part }: PlacedFinding): boolean {
  return snapshot.spaces.some((space) => space.kind !== 'image' && isWithin(part, space.part));
}

/** Returns whether an edit caused a finding. The message of one that was there before may have other numbers now. */
function isWorse(
  { severity, code, part }: PlacedFinding,
  before: readonly PlacedFinding[],
  after: readonly PlacedFinding[],
): boolean {
  const count = (findings: readonly PlacedFinding[]): number =>
    findings.filter((each) => each.code === code && each.part === part).length;
  return severity !== 'information' && count(after) > count(before);
}

interface Counts {
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
}

function isExpected({ kind }: Edit, { added, removed, changed }: Counts): boolean {
  switch (kind) {
    case 'set':
      return added === 0 && removed === 0 && changed <= 1;
    case 'insert':
      return added === 1 && removed === 0 && changed === 0;
    case 'remove':
      return added === 0 && removed === 1 && changed === 0;
    case 'bound':
      return added === 0 && removed === 0 && changed === 0;
  }
}
