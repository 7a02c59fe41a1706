/** A sparse image of 477 GiB with 200 memories of 160 buckets each, which take turns. It takes a page on disk. */
import { closeSync, ftruncateSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

const PAGE = 65_536;
const BUCKETS = 32_000;
const BUCKET_PAGES = 244;
export const HUGE_MEMORIES = 200;

export function writeHugeImage(path: string): void {
  const header = new Uint8Array(PAGE);
  const view = new DataView(header.buffer);
  header.set(new TextEncoder().encode('MGR'));
  header[3] = 1;
  view.setUint16(4, BUCKETS, true);
  view.setUint16(6, BUCKET_PAGES, true);
  for (let id = 0; id < HUGE_MEMORIES; id++)
    view.setBigUint64(40 + 8 * id, BigInt((BUCKETS / HUGE_MEMORIES) * BUCKET_PAGES - 100), true);
  for (let bucket = 0; bucket < 32_768; bucket++) header[2080 + bucket] = bucket < BUCKETS ? bucket % HUGE_MEMORIES : 255;
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, 'w');
  writeSync(file, header);
  ftruncateSync(file, (1 + BUCKETS * BUCKET_PAGES) * PAGE);
  closeSync(file);
}
