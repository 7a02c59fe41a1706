import type { Budget } from '../../../core/budget.ts';
import { at, byteLength, PAGE_SIZE, type ReadableMemory, readBytes } from '../../../core/memory/memory.ts';
import { CHUNK_FLAG, CHUNK_HEADER_LENGTH, CHUNK_MAGIC, CHUNKS_AT, hasMagic, MIN_PAGE_SIZE } from '../layout.ts';

/** Maximum chunks used to find the step from one to the next. */
const MAX_CHUNKS = 64;
/** The first letter of a chunk's magic. */
const LETTER = CHUNK_MAGIC.charCodeAt(0);
/** Minimum share of the chunks that must be where the step predicts: a value may contain the bytes of another map. */
const MIN_SHARE = 0.75;

/** Returns the bytes from one chunk to the next, inferred from the first chunks; undefined if there are not two of one map. */
export function findChunkStep(memory: ReadableMemory, budget: Budget): number | undefined {
  const chunks = findChunks(memory, budget);
  let best: { readonly step: number; readonly fit: number } | undefined;
  const steps = new Set(chunks.slice(1).map((chunk, index) => chunk - (chunks[index] ?? 0)));
  for (const step of steps) {
    if (step < MIN_PAGE_SIZE + CHUNK_HEADER_LENGTH) continue;
    const fit = chunks.filter((chunk) => (chunk - CHUNKS_AT) % step === 0).length;
    if (best === undefined || fit > best.fit || (fit === best.fit && step > best.step)) best = { step, fit };
  }
  return best !== undefined && best.fit >= 2 && best.fit >= MIN_SHARE * chunks.length ? best.step : undefined;
}

/** Returns the addresses of the first chunk headers, at any place. */
function findChunks(memory: ReadableMemory, budget: Budget): readonly number[] {
  const found: number[] = [];
  const end = byteLength(memory);
  for (let start = 0; start < end && found.length < MAX_CHUNKS; start += PAGE_SIZE) {
    const length = Math.min(PAGE_SIZE + CHUNK_HEADER_LENGTH, end - start);
    if (!budget.spend(length)) break;
    const bytes = readBytes(memory, at(0, start), length);
    for (let place = bytes.indexOf(LETTER); place !== -1 && place < PAGE_SIZE; place = bytes.indexOf(LETTER, place + 1)) {
      if (isChunk(bytes, place)) found.push(start + place);
    }
  }
  return found.slice(0, MAX_CHUNKS);
}

/** Returns whether all fields of a chunk header are possible, except the last, which may have any value. */
function isChunk(bytes: Uint8Array, place: number): boolean {
  if (place + CHUNK_HEADER_LENGTH > bytes.length || !hasMagic(bytes, `${CHUNK_MAGIC}\x01`, place)) return false;
  if ((bytes[place + CHUNK_FLAG] ?? 2) > 1) return false;
  return bytes.subarray(place + CHUNK_FLAG + 1, place + 8).every((byte) => byte === 0);
}
