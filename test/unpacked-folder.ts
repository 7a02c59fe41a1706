import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const BLOCK = 512;

/**
 * Unpacks a `.tar.gz` of one folder into a temporary folder, and returns the folder's path. Supports only plain files and short
 * names.
 */
export function unpackFolder(archive: string): { readonly folder: string; remove(): void } {
  const parent = mkdtempSync(join(tmpdir(), 'snapshot-'));
  const tar = gunzipSync(readFileSync(archive));
  let folder = '';
  for (let start = 0; start + BLOCK <= tar.length; ) {
    const header = tar.subarray(start, start + BLOCK);
    const text = (from: number, length: number) => header.toString('latin1', from, from + length).replace(/\0.*$/s, '');
    const name = text(0, 100);
    if (name === '') break;
    const size = Number.parseInt(text(124, 12), 8);
    const [top = ''] = name.split('/').filter((part) => part !== '.');
    folder = join(parent, top);
    mkdirSync(folder, { recursive: true });
    if (text(156, 1) !== '5') writeFileSync(join(folder, basename(name)), tar.subarray(start + BLOCK, start + BLOCK + size));
    start += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return { folder, remove: () => rmSync(parent, { recursive: true, force: true }) };
}
