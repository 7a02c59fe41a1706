import type { StructureKind } from './structure-kinds.ts';

/** Begins the ids of what a manager has that starts after page 0: `image@1/` for the one at page 1. Empty for the one at page 0. */
export type ManagerPrefix = '' | `image@${number}/`;

/** Id of a run of addresses that structures are in: the image, pages of it from one on, a virtual memory, a region, a manager's pages. */
export type SpaceId =
  | 'image'
  | `image@${number}`
  | `region/${number}`
  | `${ManagerPrefix}memory/${number}`
  | `${ManagerPrefix}manager`;

/** Id of what a manager deals out. */
export type PieceId = `${ManagerPrefix}bucket/${number}` | `block/${number}`;

/** Id of a structure: that of its leading space, and its kind. */
export type StructureId = `${SpaceId}/${StructureKind}`;

/** Id of any part of an image, as people and `--json` name it. */
export type PartId = SpaceId | PieceId | StructureId;

export function managerPrefix(page: number): ManagerPrefix {
  return page === 0 ? '' : `image@${page}/`;
}

export function regionId(region: number | bigint): SpaceId {
  return `region/${Number(region)}`;
}

/** Returns whether a part is another one or inside of it: `memory/3/btreemap` is in `memory/3`. */
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

/** Returns what a space or piece is and its number, without its manager: `memory` and 3 for `image@1/memory/3`. */
export function kindAndNumber(part: string): readonly [kind: string, number: string] {
  const [kind = '', number = ''] = withoutManager(part).split('/');
  return [kind, number];
}

/** Returns how people name a part: `bucket 9`, `memory 3 (image@1)`. */
export function nameOfPart(part: string): string {
  const length = prefixLength(part);
  const name = part.slice(length).replace('/', ' ');
  return length === 0 ? name : `${name} (${part.slice(0, length - 1)})`;
}

function prefixLength(part: string): number {
  const end = part.indexOf('/');
  return part.startsWith('image@') && end > 0 && Number.isInteger(Number(part.slice('image@'.length, end))) ? end + 1 : 0;
}
