import { Budget } from '../core/budget.ts';
import type { OverlayState } from '../core/memory/overlay.ts';
import { finish } from '../core/slices.ts';
import { UserError } from '../core/user-error.ts';
import { withCauses } from '../snapshot/checks/with-causes.ts';
import { openSnapshot } from '../snapshot/open-snapshot.ts';
import type { PlacedFinding } from '../snapshot/placed.ts';
import type { Snapshot, SnapshotSource } from '../snapshot/snapshot.ts';

import { type Walk, walkImage } from '../snapshot/walk.ts';

/** An image that was opened, and all of whose structures were walked. */
export class Checked {
  readonly state: OverlayState;
  readonly snapshot: Snapshot;
  readonly #walk: Walk;
  #listed: readonly PlacedFinding[] | undefined;

  constructor(state: OverlayState, snapshot: Snapshot, walk: Walk) {
    this.state = state;
    this.snapshot = snapshot;
    this.#walk = walk;
  }

  /** All findings, as they were found. */
  get found(): readonly PlacedFinding[] {
    return this.#walk.findings;
  }

  /** The same with their causes, each followed by what it causes. It takes longer to find them. */
  get listed(): readonly PlacedFinding[] {
    this.#listed ??= withCauses(this.snapshot, this.#walk.findings);
    return this.#listed;
  }
}

/** An image that was written and is read again. */
type WrittenImage = Pick<SnapshotSource, 'memory' | 'bytes'>;

/** Findings about the file rather than its bytes. No repair of the bytes removes them. */
const OF_THE_FILE = 'image.';

export function isOfTheFile({ code }: PlacedFinding): boolean {
  return code.startsWith(OF_THE_FILE);
}

/** Returns whether a finding calls for a repair. */
export function isFault(finding: PlacedFinding): boolean {
  return finding.severity !== 'information' && !isOfTheFile(finding);
}

/** Returns whether a finding of `before` is still there. */
export function isStillThere(finding: PlacedFinding, before: Checked, after: Checked): boolean {
  const isSame = ({ code, part, at }: PlacedFinding): boolean =>
    code === finding.code && part === finding.part && at.start === finding.at.start;
  // A cause that only its consequences prove is not found by a walk.
  return before.found.some(isSame) ? after.found.some(isSame) : after.listed.some(isSame);
}

/** Returns the findings of which there are more than before, by their codes and parts; structures that were lost, or that lost elements. */
export function worseThan(before: Checked, after: Checked): readonly string[] {
  const old = tally(before.found);
  const worse = [...tally(after.found)].filter(([key, count]) => count > (old.get(key) ?? 0));
  return [...worse.map(([key]) => key), ...lostElements(before, after)];
}

/** Returns the name under which `worseThan` counts a finding. */
export function nameOfFault({ code, part }: PlacedFinding): string {
  return `${code} in ${part}`;
}

function tally(findings: readonly PlacedFinding[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const finding of findings) {
    const name = nameOfFault(finding);
    if (isFault(finding)) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

/** Kinds of structures whose elements are found by following pointers. For the others, a wrong length counts too many. */
const FOLLOWED: ReadonlySet<string> = new Set(['btreemap', 'btreeset', 'memory-btree', 'memory-queue']);

function lostElements(before: Checked, after: Checked): readonly string[] {
  const now = new Map(after.snapshot.structures.map(({ space, structure }) => [space.part, structure]));
  return before.snapshot.structures.flatMap(({ part, space, structure }) => {
    const there = now.get(space.part);
    if (there === undefined) return [`no structure in ${space.part}`];
    if (!FOLLOWED.has(structure.kind)) return [];
    return there.count(new Budget()) < structure.count(new Budget()) ? [`fewer elements in ${part}`] : [];
  });
}

/** Checks an image again after it was written. @throws UserError if it has other findings than it had before that */
export function assertSameFindings(expected: Checked, source: SnapshotSource, { memory, bytes }: WrittenImage): void {
  const snapshot = openSnapshot({ ...source, memory, bytes, fileBytes: bytes, declaredBytes: bytes });
  const [wanted, there] = [tally(expected.found), tally(finish(walkImage(snapshot, new Budget())).findings)];
  const isSame = wanted.size === there.size && [...wanted].every(([name, count]) => there.get(name) === count);
  if (!isSame)
    throw new UserError('file', 'The written snapshot has other findings than expected. Check the disk, or write elsewhere.');
}
