import type { StructureKind } from './structure-kinds.ts';

/** Prefix of the ids of a manager's parts: `image@1/` for a manager that starts at page 1, and empty for one at page 0. */
export type ManagerPrefix = '' | `image@${number}/`;

/**
 * Id of an address space that can contain structures: the image, its pages from one page on, a virtual memory, a region, or the
 * pages of a manager.
 */
export type SpaceId =
  | 'image'
  | `image@${number}`
  | `region/${number}`
  | `${ManagerPrefix}memory/${number}`
  | `${ManagerPrefix}manager`;

/** Id of a piece that a manager allocates. */
export type PieceId = `${ManagerPrefix}bucket/${number}` | `block/${number}`;

/** Id of a structure: the id of its main space, and its kind. */
export type StructureId = `${SpaceId}/${StructureKind}`;

/** Id of any part of an image, for people and for `--json`. */
export type PartId = SpaceId | PieceId | StructureId;

export function managerPrefix(page: number): ManagerPrefix {
  return page === 0 ? '' : `image@${page}/`;
}

export function regionId(region: number | bigint): SpaceId {
  return `region/${Number(region)}`;
}

/** Returns whether a part is the same as another one or inside it: `memory/3/btreemap` is in `memory/3`. */
export function isWithin(part: string, outer: string): boolean {
  return part === outer || part.startsWith(`${outer}/`);
}

/** Returns an id without its manager: `memory/3` for `image@1/memory/3`. */
export function withoutManager(part: string): string {
  return part.slice(prefixLength(part));
}

/** Returns the number at the end of an id: 9 for `bucket/9`. */
export function numberOf(part: SpaceId | PieceId): number {
  return Number(part.slice(part.lastIndexOf('/') + 1));
}

/** Returns the id of another space of the same kind and manager: `image@1/memory/5` for `image@1/memory/3` and 5. */
export function siblingOf(part: SpaceId, number: number): string {
  return `${part.slice(0, part.lastIndexOf('/') + 1)}${number}`;
}

/** Returns the kind and the number of a space or piece, without its manager: `memory` and 3 for `image@1/memory/3`. */
export function kindAndNumber(part: string): readonly [kind: string, number: string] {
  const [kind = '', number = ''] = withoutManager(part).split('/');
  return [kind, number];
}

/** Returns the display name of a part: `bucket 9`, `memory 3 (image@1)`. */
export function nameOfPart(part: string): string {
  const length = prefixLength(part);
  const name = part.slice(length).replace('/', ' ');
  return length === 0 ? name : `${name} (${part.slice(0, length - 1)})`;
}

function prefixLength(part: string): number {
  const end = part.indexOf('/');
  return part.startsWith('image@') && end > 0 && Number.isInteger(Number(part.slice('image@'.length, end))) ? end + 1 : 0;
}
