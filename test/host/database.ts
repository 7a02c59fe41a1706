import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BytesMemory } from '../../engine/core/memory/bytes-memory.ts';
import { at, byteLength, readBytes, writeGrowing } from '../../engine/core/memory/memory.ts';
import { MemoryManager } from '../../engine/rust/memory-manager/operate.ts';
import { databaseFile } from '../sqlite.ts';

/** Makes a snapshot in the workspace: its memory 120 has a database of notes. */
export function prepareDatabase(workspace: string): void {
  const image = new BytesMemory();
  writeGrowing(MemoryManager.init(image, 1).get(120), at(0, 0), databaseFile(1_000));
  const folder = join(workspace, 'database');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'stable_memory.bin'), readBytes(image, at(0, 0), byteLength(image)));
}
