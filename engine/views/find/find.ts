import { Budget } from '../../core/budget.ts';
import { type Element, readStored } from '../../core/structure.ts';
import type { Area } from '../../snapshot/areas.ts';
import { type Role, storedBytesOf } from '../../snapshot/decoding.ts';
import type { ByteSearch } from '../../snapshot/find/byte-pattern.ts';
import { type ByteState, stateOf } from '../../snapshot/find/byte-state.ts';
import { type Found, findBytes } from '../../snapshot/find/find-bytes.ts';
import { needlesOf } from '../../snapshot/find/needles.ts';
import { findSpace, findStructure, listParts } from '../../snapshot/find-part.ts';
import { ownersOf } from '../../snapshot/owners.ts';
import type { PlacedStructure } from '../../snapshot/placed.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { Space } from '../../snapshot/space.ts';
import { decodeSide, type IncompleteLine, offsetOf } from '../entries.ts';
import type { FindLine, SearchKind } from './find-kinds.ts';

/** Lines that were found, and between them the part that was searched, from 0 to 1. */
export type FindLines = Generator<FindLine | IncompleteLine | number, void, undefined>;

/** The place to search in. Everything is left out for everywhere. */
interface Within {
  readonly space?: Space;
  readonly structure?: PlacedStructure;
  /** Id of a bucket or block. */
  readonly piece?: string;
}

/** Elements that are read from a structure at a time. */
const BATCH = 1_000;

/** Returns where a part is; a full sentence if the snapshot does not have it. */
export function withinPart(snapshot: Snapshot, part: string | undefined): Within | string {
  if (part === undefined || part === 'image') return {};
  const space = findSpace(snapshot, part);
  if (space !== undefined) return { space };
  const structure = findStructure(snapshot, part);
  if (structure !== undefined) return { structure };
  if (snapshot.areas.some((area) => area.part === part)) return { piece: part };
  return `There is no part "${part}". ${listParts(snapshot)}`;
}

/**
 * Finds a pattern: bytes in the order of the image, values in the order of their structures. Returns a full sentence if the pattern
 * cannot be understood. A last line says so where the search was cut short.
 */
export function findLines(
  snapshot: Snapshot,
  pattern: string,
  kind: SearchKind,
  within: Within,
  search: ByteSearch,
  budget: Budget,
): FindLines | string {
  if (kind !== 'value') {
    const needles = needlesOf(pattern, kind, search);
    if (typeof needles === 'string') return needles;
    return complete(linesOfBytes(snapshot, findBytes(snapshot, needles, areaFilter(within), budget), within), budget);
  }
  if (pattern === '') return 'There is nothing to find: the pattern is empty.';
  if (within.piece !== undefined)
    return `${within.piece} has no values of its own: they are in structures of a memory or a region.`;
  return complete(linesOfValues(snapshot, pattern, within, budget), budget);
}

function* complete(lines: Generator<FindLine | number>, budget: Budget): FindLines {
  yield* lines;
  if (budget.cutShort !== undefined) yield { incomplete: true, reason: budget.cutShort };
}

function areaFilter({ space, structure, piece }: Within): (area: Area) => boolean {
  const spaces = space === undefined ? structure?.spaces : [space];
  if (spaces !== undefined) return (area) => 'space' in area && spaces.includes(area.space);
  return (area) => piece === undefined || area.part === piece;
}

function* linesOfBytes(
  snapshot: Snapshot,
  found: Generator<Found | number>,
  { structure }: Within,
): Generator<FindLine | number> {
  for (const one of found) {
    if (typeof one === 'number') {
      yield one;
      continue;
    }
    const { offset, length, area, address, text } = one;
    const owners = ownersOf(snapshot, offset, new Budget());
    if (structure !== undefined && !owners.some(({ part }) => part === structure.part)) continue;
    const part = owners.findLast((owner) => owner.part !== undefined)?.part ?? area.part;
    yield { offset, length, part, ...(address === undefined ? {} : { address }), state: stateOf(owners), text };
  }
}

function* linesOfValues(
  snapshot: Snapshot,
  pattern: string,
  { space, structure }: Within,
  budget: Budget,
): Generator<FindLine | number> {
  const isWanted = (placed: PlacedStructure): boolean =>
    structure === undefined ? space === undefined || placed.spaces.includes(space) : placed === structure;
  const wanted = snapshot.structures.filter(isWanted);
  for (const [index, placed] of wanted.entries()) {
    const { recoverable } = placed.structure;
    for (const source of recoverable === undefined ? [placed.structure] : [placed.structure, recoverable]) {
      for (let from = 0; ; ) {
        const elements = source.elements(from, BATCH, budget);
        for (const element of elements) yield* linesOfElement(snapshot, placed, element, pattern, budget);
        from += elements.length;
        yield (index + from / Math.max(1, from, Number(placed.structure.length ?? from))) / (wanted.length + 1);
        if (elements.length === 0) break;
        if (budget.cutShort !== undefined) return;
      }
    }
  }
  if (space !== undefined || structure !== undefined) return;
  for (const { name, text, at } of snapshot.motoko.variables) {
    if (!text?.includes(pattern) || at === undefined) continue;
    yield { offset: at.start, length: at.length, part: 'image', address: at.start, state: 'live', text: `${name} = ${text}` };
  }
}

function* linesOfElement(
  snapshot: Snapshot,
  placed: PlacedStructure,
  element: Element,
  pattern: string,
  budget: Budget,
): Generator<FindLine> {
  const roles: readonly Role[] = placed.structure.kind === 'btreeset' ? ['key'] : ['key', 'value'];
  for (const role of roles) {
    const stored = storedBytesOf(element, role);
    if (stored === undefined) continue;
    const { text } = decodeSide(snapshot, placed, element, role, readStored(stored), budget);
    if (!text.includes(pattern)) continue;
    const address = stored.spans[0]?.start;
    const offset = offsetOf(snapshot, stored);
    yield {
      ...(offset === undefined ? {} : { offset }),
      length: stored.size,
      part: placed.part,
      ...(address === undefined ? {} : { address }),
      state: stateOfElement(element),
      text,
    };
  }
}

function stateOfElement({ residual }: Element): ByteState {
  if (residual === undefined) return 'live';
  return residual.origin === 'freed' ? 'free' : 'residual';
}
