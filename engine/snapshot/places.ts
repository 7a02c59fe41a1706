import { FINDINGS, type Finding } from '../core/findings.ts';
import { type OffsetRange, offsetAt, PAGE_SIZE, type ReadableMemory } from '../core/memory/memory.ts';
import type { PartId } from '../core/part-ids.ts';
import { extentsOf } from './checks/absence.ts';
import { Gaps } from './gaps.ts';
import type { PlacedFinding, PlacedStructure } from './placed.ts';
import type { Space } from './space.ts';

export interface PlacesOptions {
  /** Size of the image. */
  readonly bytes: number;
  readonly missing: readonly OffsetRange[];
  /** The bytes that decide how the rest is read. */
  readonly tables: readonly OffsetRange[];
  readonly spaces: readonly Space[];
  /** Further memories that findings are about: the pages of managers, the image itself. */
  readonly others: readonly (readonly [ReadableMemory, Space])[];
}

/** The places of memories, structures and findings in an image, and the bytes that its file does not have. */
export class Places {
  readonly #bytes: number;
  readonly #gaps: Gaps;
  readonly #spaceOf: Map<ReadableMemory, Space>;
  readonly #spaceNamed: ReadonlyMap<string, Space>;
  readonly #structureIn = new Map<Space, PlacedStructure>();
  /** True where the file lacks bytes for certain: some are not downloaded, or it ends within a page. */
  readonly isIncomplete: boolean;
  /**
   * True where it lacks bytes of a manager's tables: they may then contradict each other, lead to wrong places, or not be found.
   */
  readonly areTablesIncomplete: boolean;

  constructor({ bytes, missing, tables, spaces, others }: PlacesOptions) {
    this.#bytes = bytes;
    this.#gaps = new Gaps(missing);
    this.#spaceNamed = new Map(spaces.map((space) => [space.part, space]));
    this.#spaceOf = new Map([...spaces.map((space) => [space.memory, space] as const), ...others]);
    this.isIncomplete = missing.length > 0 || bytes % PAGE_SIZE !== 0;
    this.areTablesIncomplete = tables.some((range) => this.missingIn(range) > 0);
  }

  addStructure(placed: PlacedStructure): void {
    for (const space of placed.spaces) {
      if (!this.#spaceOf.has(space.memory)) this.#spaceOf.set(space.memory, space);
      if (!this.#structureIn.has(space)) this.#structureIn.set(space, placed);
    }
  }

  /** Returns the space with exactly this id. */
  spaceNamed(part: string): Space | undefined {
    return this.#spaceNamed.get(part);
  }

  spaceOf(memory: ReadableMemory): Space | undefined {
    return this.#spaceOf.get(memory);
  }

  /** Returns the structure in a space, whether or not it is the structure's leading space. */
  structureIn(space: Space): PlacedStructure | undefined {
    return this.#structureIn.get(space);
  }

  /** Returns the number of bytes of the range that the file does not have. */
  missingIn(range: OffsetRange): number {
    return this.#gaps.bytesIn(range);
  }

  /** Returns whether the file lacks bytes of a range, or ends before them. */
  lacks(range: OffsetRange): boolean {
    if (range.length === 0) return false;
    const isBeyond = this.#bytes % PAGE_SIZE !== 0 && range.start + range.length > this.#bytes;
    return isBeyond || this.missingIn(range) > 0;
  }

  /** Returns whether the file lacks bytes of these spaces. If so, findings in them prove nothing. */
  arePartlyMissing(spaces: readonly Space[]): boolean {
    if (!this.isIncomplete) return false;
    return this.areTablesIncomplete || spaces.some((space) => extentsOf(space).some((range) => this.lacks(range)));
  }

  /** Returns the id of the part that a finding is about: the structure in its memory, else the space. */
  partOf({ memory }: Finding): PartId {
    const space = this.spaceOf(memory);
    if (space === undefined) return 'image';
    return this.structureIn(space)?.part ?? space.part;
  }

  /** Places a finding in the image; where the image does not have its bytes, at the nearest that it has. */
  place(finding: Finding, part: PartId): PlacedFinding {
    const space = this.spaceOf(finding.memory);
    const [first] = space?.memory.toImage(finding.at.start, finding.at.length) ?? [];
    return {
      code: finding.code,
      severity: FINDINGS[finding.code].severity,
      part,
      at: this.#clipped(first ?? nearest(finding, space)),
      message: finding.message,
      ...(finding.wasted === undefined ? {} : { wasted: finding.wasted }),
      ...(finding.right === undefined ? {} : { right: finding.right }),
      path: finding.path ?? [],
    };
  }

  /**
   * Places a finding. Returns undefined where the file lacks its bytes, because they are not downloaded or the file was cut: then
   * it proves nothing, and the missing bytes are reported by another finding.
   */
  placeIfThere(finding: Finding, part: PartId): PlacedFinding | undefined {
    const space = this.spaceOf(finding.memory);
    const isOutside = space !== undefined && space.memory.toImage(finding.at.start, finding.at.length).length === 0;
    if (isOutside && this.#isCut(space)) return undefined;
    const placed = this.place(finding, part);
    return this.missingIn(placed.at) > 0 ? undefined : placed;
  }

  #isCut({ pieces }: Space): boolean {
    return pieces.some(({ extent }) => extent.start + extent.length > this.#bytes);
  }

  /** Returns the part of a range that is in the image; where none is, the image's last byte. */
  #clipped({ start, length }: OffsetRange): OffsetRange {
    const from = offsetAt(0, Math.max(0, Math.min(start, this.#bytes - 1)));
    return { start: from, length: Math.max(0, Math.min(start + length, this.#bytes) - from) };
  }
}

/** Returns where to show a finding whose own bytes the image does not have. */
function nearest(finding: Finding, space: Space | undefined): OffsetRange {
  const last = space?.pieces.at(-1);
  if (last !== undefined) return { start: last.extent.start, length: Math.min(last.extent.length, PAGE_SIZE) };
  return { start: offsetAt(0, 0), length: finding.at.length };
}
