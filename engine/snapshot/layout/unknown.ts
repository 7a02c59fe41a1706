import { formatBytes } from '../../core/format.ts';
import { at, PAGE_SIZE, type ReadableMemory, readBytes } from '../../core/memory/memory.ts';
import { describeContent } from '../../values/guessing/content.ts';
import type { Snapshot } from '../snapshot.ts';
import type { Layout } from './layout.ts';

/** Maximum pages that are searched for a byte that is not zero. */
const MAX_PAGES = 256;
const NO_KNOWN_LAYOUT =
  'No known layout: neither a memory manager, nor a structure of ic-stable-structures at the start of a page, nor regions or stable variables of Motoko.';

/**
 * Describes an image without a known layout: what was searched for and what it begins with, so that it never looks as if all were
 * well.
 */
export function remarksOnUnknown(snapshot: Pick<Snapshot, 'memory' | 'layout' | 'structures' | 'missing'>): readonly string[] {
  if (snapshot.layout.kind !== 'unknown' || snapshot.structures.length > 0) return [];
  const missing = snapshot.missing.length > 0 ? ' The bytes that are not downloaded could not be searched.' : '';
  return [`${NO_KNOWN_LAYOUT} ${describeStart(snapshot.memory)}${missing}`];
}

function describeStart(image: ReadableMemory): string {
  const pages = Math.min(image.pages, MAX_PAGES);
  for (let page = 0; page < pages; page += 1) {
    const bytes = readBytes(image, at(0, page * PAGE_SIZE), PAGE_SIZE);
    const first = bytes.findIndex((byte) => byte !== 0);
    if (first === -1) continue;
    const { name } = describeContent(page === 0 ? bytes : bytes.subarray(first));
    return page === 0
      ? `It begins with ${name}.`
      : `After ${formatBytes(page * PAGE_SIZE + first)} of zeros it continues with ${name}.`;
  }
  return pages === image.pages ? 'It holds nothing but zeros.' : `Its first ${formatBytes(pages * PAGE_SIZE)} are zeros.`;
}

/** Returns a sentence about the program, where the image itself does not show it. */
export function remarksOnProgram({ kind }: Layout, persistence: Snapshot['persistence']): readonly string[] {
  if (persistence === undefined || (kind !== 'empty' && kind !== 'unknown')) return [];
  const nothing = kind === 'empty' ? ', and nothing is in its stable memory' : '';
  return [`This is a Motoko canister with ${persistence} persistence. Its stable variables are in wasm_memory.bin${nothing}.`];
}
