import { Budget } from '../core/budget.ts';
import { FINDINGS, type FindingCode } from '../core/findings.ts';
import { byteLength, PAGE_SIZE } from '../core/memory/memory.ts';
import { changedSpans, OverlayMemory, type OverlayState } from '../core/memory/overlay.ts';
import type { Sliced } from '../core/slices.ts';
import { partOfManager } from '../snapshot/layout/managers.ts';
import { openSnapshot } from '../snapshot/open-snapshot.ts';
import type { PlacedFinding } from '../snapshot/placed.ts';
import type { SnapshotSource } from '../snapshot/snapshot.ts';
import { walkImage } from '../snapshot/walk.ts';
import { applyWrites } from './apply.ts';
import { Checked, isFault, isOfTheFile, isStillThere, nameOfFault, worseThan } from './outcome.ts';
import { adviceFor } from './remedies/remedies.ts';
import type { Case, Proposal } from './remedy.ts';

export interface RepairOptions {
  /** Codes of the findings to repair; all if left out. Repairs that are not proven are made only for findings that are named. */
  readonly only?: ReadonlySet<FindingCode> | undefined;
  /** Maximum full scans. */
  readonly scans?: number;
}

/** A repair that was made. */
interface Made {
  readonly finding: PlacedFinding;
  /** A full sentence: what was written. */
  readonly what: string;
  /** Number of bytes that changed. */
  readonly bytes: number;
}

/** A finding that was left as it is, and a full sentence that says why. */
interface Refused {
  readonly finding: PlacedFinding;
  readonly why: string;
}

/** The result of repairing an image. */
export interface Repaired {
  readonly before: Checked;
  /** The image after the repairs, scanned again. The same as `before` if none was made. */
  readonly after: Checked;
  readonly made: readonly Made[];
  readonly refused: readonly Refused[];
}

/** Maximum repairs of an image, and maximum full scans to find them where no other limit is given. */
const MAX_REPAIRS = 200;
const MAX_SCANS = 1_000;
/** Maximum repairs that only help together with the next one. */
const MAX_TOGETHER = 4;

/** Repairs what can be repaired safely. The memory of the source stays as it is. */
export function* repairImage(source: SnapshotSource, { only, scans = MAX_SCANS }: RepairOptions = {}): Sliced<Repaired> {
  const bench = new Bench(source, scans);
  const before = yield* bench.check(new OverlayMemory(source.memory).state());
  const ofFile = before.listed.find((finding) => isOfTheFile(finding) && finding.severity !== 'information');
  if (ofFile !== undefined) {
    const why = `The file is not whole, so nothing in it is repaired. ${FINDINGS[ofFile.code].remedy}`;
    const scope = { only, part: undefined, together: 0 };
    const refused = before.listed.filter((finding) => finding === ofFile || isWanted(finding, scope));
    return { before, after: before, made: [], refused: refused.map((finding) => ({ finding, why })) };
  }
  return { before, ...(yield* mend(bench, before, { only, part: undefined, together: 0 })) };
}

interface Scope {
  readonly only: ReadonlySet<FindingCode> | undefined;
  /** The part whose findings are repaired; undefined for all. */
  readonly part: string | undefined;
  /** Number of repairs that wait for this one to prove them. */
  readonly together: number;
}

interface Mended {
  readonly after: Checked;
  readonly made: readonly Made[];
  readonly refused: readonly Refused[];
}

/** Makes one repair after the other until none helps any more. */
function* mend(bench: Bench, start: Checked, scope: Scope): Sliced<Mended> {
  let after = start;
  const made: Made[] = [];
  for (;;) {
    const refused: Refused[] = [];
    let next: Mended | undefined;
    // The causes of findings take long to find, and do not matter within one structure.
    for (const finding of scope.part === undefined ? after.listed : after.found) {
      if (!isWanted(finding, scope)) continue;
      const attempt = yield* attemptRepair(bench, after, finding, scope);
      if (typeof attempt === 'string') refused.push({ finding, why: attempt });
      else {
        next = attempt;
        break;
      }
    }
    if (next === undefined || made.length >= MAX_REPAIRS) return { after, made, refused };
    after = next.after;
    made.push(...next.made);
  }
}

/** Returns whether to repair a finding: one that is named, or a cause. What follows from it is gone after the repair. */
function isWanted(finding: PlacedFinding, { only, part }: Scope): boolean {
  if (part !== undefined && finding.part !== part) return false;
  if (only !== undefined) return only.has(finding.code);
  return isFault(finding) && finding.causedBy === undefined;
}

/** Returns the image after a repair of the finding, or a full sentence that says why there is none. */
function* attemptRepair(bench: Bench, before: Checked, finding: PlacedFinding, scope: Scope): Sliced<Mended | string> {
  const advice = adviceFor(caseOf(before, finding));
  if (advice.kind === 'refused') return advice.why;
  // Choices that depend on each other would prove nothing.
  if (advice.kind !== 'first' && scope.together > 0) return 'Other damage has to be repaired first.';
  if (advice.kind === 'doubtful' && scope.only === undefined)
    return `${advice.doubt} "--only ${finding.code}" makes the repair nevertheless.`;
  // One of several choices has to be right on its own.
  const own = advice.kind === 'first' ? scope : { ...scope, together: MAX_TOGETHER };
  const helped: Mended[] = [];
  const against: string[] = [];
  for (const proposal of advice.proposals) {
    if (bench.isTired) return 'Too many repairs were tried. Repair the new snapshot again for the rest.';
    const result = yield* tryProposal(bench, before, finding, proposal, own);
    if (typeof result === 'string') against.push(result);
    else if (advice.kind !== 'only') return result;
    else helped.push(result);
    if (helped.length > 1) break;
  }
  const [one, other] = helped;
  if (one === undefined) return noneHelped(against);
  return other === undefined
    ? one
    : `More than one repair fits the bytes: ${describe(one)} or ${describe(other)} Only one can be right.`;
}

function describe({ made }: Mended): string {
  return made[0]?.what ?? '';
}

function noneHelped(against: readonly string[]): string {
  const [reason] = against;
  return reason === undefined ? 'The bytes do not show what was there.' : reason;
}

/** Returns the image after the repair if it helps and does no harm, alone or together with others in the same part. */
function* tryProposal(
  bench: Bench,
  before: Checked,
  finding: PlacedFinding,
  { what, writes, image }: Proposal,
  scope: Scope,
): Sliced<Mended | string> {
  const overlay = image === undefined ? overlayOf(before.state) : new OverlayMemory(image);
  if (!applyWrites(overlay, before.snapshot, writes)) return 'The image does not have all the bytes that would be written.';
  const after = yield* bench.check(overlay.state());
  if (isStillThere(finding, before, after)) return `A repair was tried (${lowered(what)}), but the finding stays.`;
  const made = { finding, what, bytes: changedBytes(before, after) };
  const worse = worseThan(before, after);
  if (worse.length === 0) return { after, made: [made], refused: [] };
  const isInPart = after.found.every((other) => other.part === finding.part || !worse.includes(nameOfFault(other)));
  if (isInPart && scope.together < MAX_TOGETHER) {
    const rest = yield* mend(bench, after, { ...scope, part: finding.part, together: scope.together + 1 });
    if (worseThan(before, rest.after).length === 0) return { ...rest, made: [made, ...rest.made] };
  }
  return `A repair was tried (${lowered(what)}), but it would lead to other damage: ${worse.slice(0, 3).join(', ')}.`;
}

/** Returns the image in a state, to be written. */
function overlayOf(state: OverlayState): OverlayMemory {
  const overlay = new OverlayMemory(state.base);
  overlay.restore(state);
  return overlay;
}

function changedBytes(before: Checked, after: Checked): number {
  if (before.state.base !== after.state.base) return (before.state.pages - after.state.pages) * PAGE_SIZE;
  const spans = changedSpans(before.state, after.state, Number.POSITIVE_INFINITY);
  return spans.reduce((sum, { length }) => sum + length, 0);
}

/** Returns a sentence for use within another one. */
function lowered(sentence: string): string {
  const text = sentence.endsWith('.') ? sentence.slice(0, -1) : sentence;
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function caseOf({ snapshot, listed }: Checked, finding: PlacedFinding): Case {
  const managers = snapshot.layout.kind === 'memory-manager' ? snapshot.layout.managers : [];
  return {
    finding,
    findings: listed,
    snapshot,
    placed: snapshot.structures.find(({ part }) => part === finding.part),
    manager: managers.find((manager) => partOfManager(manager) === finding.part),
  };
}

/** Changes and scans an image. Counts the scans. */
class Bench {
  readonly #source: SnapshotSource;
  readonly #max: number;
  #scans = 0;

  constructor(source: SnapshotSource, max: number) {
    this.#source = source;
    this.#max = max;
  }

  get isTired(): boolean {
    return this.#scans > this.#max;
  }

  *check(state: OverlayState): Sliced<Checked> {
    this.#scans += 1;
    const bytes = state.pages === this.#source.memory.pages ? this.#source.bytes : byteLength(state);
    const snapshot = openSnapshot({ ...this.#source, memory: state, bytes });
    return new Checked(state, snapshot, yield* walkImage(snapshot, new Budget()));
  }
}
