import type { Budget } from '../../core/budget.ts';
import { findSpace, findStructure } from '../../snapshot/find-part.ts';
import { pieceKind } from '../../snapshot/layout/layout.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { fixed, type List, listRows, rowsOf, withLast } from '../list.ts';
import type { TreeRow, ViewName } from '../protocol.ts';
import { areaRow, freedAreas } from './tree-areas.ts';
import { elementList, elementsRoot, recoverableList, recoverableRoot } from './tree-elements.ts';
import { freeBlockList, freeList, freeListRoots, spaceOfAllocator } from './tree-free-lists.ts';
import { factRows, spaceContent, spaceRow } from './tree-memories.ts';
import { valueList, variableRow, variablesRoot } from './tree-variables.ts';

/** Returns the rows beneath one row of a view, or the view's roots; 200 at most. */
export function treeRows(snapshot: Snapshot, view: ViewName, parent: string | undefined, budget: Budget): readonly TreeRow[] {
  return listRows(parent ?? ROOTS[view], (name) => listOf(snapshot, name, budget));
}

const ROOTS = {
  memories: 'spaces:',
  buckets: 'areas:',
  freeLists: 'freeLists:',
  elements: 'structures:',
} as const satisfies Record<ViewName, string>;

function listOf(snapshot: Snapshot, name: string, budget: Budget): List | undefined {
  const colon = name.indexOf(':');
  const kind = name.slice(0, colon);
  const part = name.slice(colon + 1);
  switch (kind) {
    case 'spaces':
      return rowsOf(snapshot.spaces, 'memories', (space) => spaceRow(snapshot, space));
    case 'areas':
      return rowsOf(snapshot.areas, pieceKind(snapshot.layout) === 'block' ? 'blocks' : 'buckets', (area) =>
        areaRow(snapshot, area),
      );
    case 'freeLists':
      return fixed(freeListRoots(snapshot, budget));
    case 'structures':
      return withLast(
        rowsOf(snapshot.structures, 'structures', (placed) => elementsRoot(snapshot, placed)),
        variablesRoot(snapshot),
      );
    case 'variables':
      return rowsOf(snapshot.motoko.variables, 'stable variables', variableRow);
    case 'value':
      return valueList(snapshot, part);
    case 'space': {
      const space = findSpace(snapshot, part);
      return space === undefined ? undefined : spaceContent(snapshot, space);
    }
    case 'facts': {
      const placed = findStructure(snapshot, part);
      return placed === undefined ? undefined : fixed([...factRows(placed), ...recoverableRoot(placed)]);
    }
    case 'recoverable': {
      const placed = findStructure(snapshot, part);
      return placed === undefined ? undefined : recoverableList(snapshot, placed, budget);
    }
    case 'freed':
      return rowsOf(freedAreas(snapshot), 'buckets', (area) => areaRow(snapshot, area));
    case 'allocator': {
      const allocator = snapshot.motoko.allocators[Number(part)];
      return allocator === undefined
        ? undefined
        : freeBlockList(`allocator:${part}`, allocator.free, spaceOfAllocator(snapshot, allocator)?.memory);
    }
    case 'free': {
      const placed = findStructure(snapshot, part);
      return placed === undefined ? undefined : freeList(placed, budget);
    }
    case 'elements': {
      const placed = findStructure(snapshot, part);
      return placed === undefined ? undefined : elementList(snapshot, placed, budget);
    }
    default:
      return undefined;
  }
}
