import { formatCount, formatCounted } from '../../core/format.ts';
import { at, byteLength, offsetAt, PAGE_SIZE, type ReadableMemory } from '../../core/memory/memory.ts';
import type { Detected } from './layout.ts';

/**
 * Maximum pages of an image that is read whole (1 GiB). Of a larger one `MAX_SAMPLES` evenly spaced pages are read, with the
 * first and the last.
 */
const MAX_READ_WHOLE = 16_384;
const MAX_SAMPLES = 4_096;

/**
 * Recognises an image with pages of only zeros. A classical Motoko upgrade leaves one, and so does a program that has never
 * written to its pages. Where `complete` is false, the file lacks bytes, which read as zero and prove nothing.
 */
export function withZeros(image: ReadableMemory, detected: Detected, complete: boolean): Detected {
  const { pages } = image;
  if (detected.layout.kind !== 'unknown' || !complete) return detected;
  const looked = pages <= MAX_READ_WHOLE ? pages : MAX_SAMPLES;
  if (!isZeroAt(image, looked)) return detected;
  return {
    layout: { kind: 'empty', pages },
    spaces: [],
    areas: [
      {
        kind: 'named',
        name: 'zeros',
        part: 'image',
        use: 'slack',
        extent: { start: offsetAt(0, 0), length: byteLength(image) },
      },
    ],
    remarks: [...detected.remarks, remarkOf(pages, looked)],
  };
}

function remarkOf(pages: number, looked: number): string {
  const all =
    looked === pages
      ? `All bytes are zero: nothing is in ${formatCounted(pages, 'page')}`
      : `${formatCount(looked)} of ${formatCounted(pages, 'page')} were read, evenly spaced, and all their bytes are zero: the image seems to be empty`;
  return `${all}. They are paid for, because stable memory never shrinks. An upgrade of a Motoko canister with classical persistence leaves such pages.`;
}

/** Returns whether `looked` evenly spaced pages are zero. Most images fail at their first page. */
function isZeroAt(image: ReadableMemory, looked: number): boolean {
  const words = new Uint32Array(PAGE_SIZE / 4);
  const bytes = new Uint8Array(words.buffer);
  for (let index = 0; index < looked; index++) {
    const page = looked === 1 ? 0 : Math.round((index * (image.pages - 1)) / (looked - 1));
    image.read(at(0, page * PAGE_SIZE), bytes);
    if (words.some((word) => word !== 0)) return false;
  }
  return true;
}
