import { offsetAt } from '../../core/memory/memory.ts';
import type { PlacedFinding } from '../placed.ts';
import type { Snapshot } from '../snapshot.ts';
import { spanOfVariables } from './memory-regions.ts';

/** Returns the findings of the stable variables and the heap, where the file has the bytes that prove them. */
export function variableFindings({ layout, missing, motoko, openingFindings, places }: Snapshot): readonly PlacedFinding[] {
  // A damaged block table, or missing bytes, prove nothing about regions.
  const isProof = missing.length === 0 && !openingFindings.some(({ code }) => code === 'region.block-table');
  const variables = spanOfVariables(layout);
  const areThere =
    variables === undefined || places.missingIn({ start: offsetAt(0, variables.start), length: variables.length }) === 0;
  return [...(areThere ? motoko.found.findings : []), ...motoko.runningFindings]
    .filter(({ code }) => isProof || code !== 'region.unreachable')
    .map((finding) => places.place(finding, places.partOf(finding)));
}
