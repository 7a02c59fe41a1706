import type { Finding } from '../findings.ts';
import type { ReadableMemory } from '../memory/memory.ts';
import { readStableVariables } from '../motoko/stable-variables/inspect.ts';
import { type MemoryRegionBooks, memoryRegionsIn } from '../motoko/stable-variables/memory-regions.ts';
import type { Layout } from './layout.ts';

/** What the stable variables of an image tell of its `MemoryRegion`s; they stand in it only before an upgrade with classical persistence. */
export interface FoundBooks {
  readonly books: readonly MemoryRegionBooks[];
  readonly findings: readonly Finding[];
}

/** Versions of the upgrade trailer that keep the stable variables themselves; later ones keep a heap, or nothing. */
const NEWEST_WITH_VARIABLES = 2;

/** Reads the stable variables, and the books in them. Slow on large ones: ask once. */
export function findBooks(image: ReadableMemory, layout: Layout): FoundBooks {
  const span = variablesOf(layout);
  if (span === undefined) return { books: [], findings: [] };
  const findings: Finding[] = [];
  const variables = readStableVariables(image, span, (finding) => findings.push(finding));
  return { books: memoryRegionsIn(variables), findings };
}

function variablesOf(layout: Layout) {
  switch (layout.kind) {
    case 'motoko-stable-variables':
      return layout.data;
    case 'motoko-regions':
    case 'motoko-experimental':
      return layout.trailer !== undefined && layout.trailer.version <= NEWEST_WITH_VARIABLES ? layout.trailer.data : undefined;
    default:
      return undefined;
  }
}
