import type { MemoryRef } from '../../../engine/views/protocol.ts';
import type { EngineClient } from '../engine-client.ts';

/** Maximum parts of a search, each of which takes some 40 ms. In a tree without an order of keys it goes through all entries. */
const MAX_PARTS = 10;

/** An element of a structure, by its number. */
export interface ElementPlace {
  readonly part: string;
  readonly index: number;
}

/** Returns the element that has a byte of the image. Undefined if it is in none, or in one that is not found quickly. */
export async function elementAt(engine: EngineClient, memory: MemoryRef, offset: number): Promise<ElementPlace | undefined> {
  const [subject] = await engine.call('table/subjects', { memory, offset });
  if (subject === undefined) return undefined;
  const { part } = subject;
  const begun = await engine.call('table/search', { memory, part, wanted: { kind: 'byte', offset } });
  if ('problem' in begun) return undefined;
  for (let parts = 0; parts < MAX_PARTS; parts++) {
    const { rows, isDone } = await engine.call('table/search-more', { memory, part, search: begun.search });
    const [row] = rows;
    if (row !== undefined) return { part, index: row.index };
    if (isDone) return undefined;
  }
  return undefined;
}
