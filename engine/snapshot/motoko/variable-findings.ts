import { offsetAt } from '../../core/memory/memory.ts';
import type { PlacedFinding } from '../placed.ts';
import type { Snapshot } from '../snapshot.ts';
import { spanOfVariables } from './memory-regions.ts';

/** Returns what is wrong with the stable variables or the heap, where the file has the bytes that prove it. */
export function variableFindings({ layout, missing, motoko, openingFindings, places }: Snapshot): readonly PlacedFinding[] {
  // What the table of blocks says of regions, or the file does not have, proves nothing.
  const isProof = missing.length === 0 && !openingFindings.some(({ code }) => code === 'region.block-table');
  const variables = spanOfVariables(layout);
  const areThere =
    variables === undefined || places.missingIn({ start: offsetAt(0, variables.start), length: variables.length }) === 0;
  return [...(areThere ? motoko.found.findings : []), ...motoko.runningFindings]
    .filter(({ code }) => isProof || code !== 'region.unreachable')
    .map((finding) => places.place(finding, places.partOf(finding)));
}
