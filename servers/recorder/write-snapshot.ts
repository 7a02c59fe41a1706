import { closeSync, existsSync, ftruncateSync, mkdirSync, openSync, readdirSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { at, byteLength, PAGE_SIZE, type ReadableMemory } from '../../engine/core/memory/memory.ts';
import { UserError } from '../../engine/core/user-error.ts';
import { METADATA_FILE } from '../../engine/node/folders/metadata.ts';
import type { MainState, Recorder } from '../../engine/recorder/recorder.ts';

/**
 * Checks that a folder can receive a snapshot: that it does not exist, or is empty. @throws UserError
 */
export function checkSnapshotFolder(folder: string): void {
  if (!existsSync(folder)) return;
  if (readdirSync(folder).length > 0) throw new UserError('input', `${folder} is not empty. Choose a new or empty folder.`);
}

/**
 * Writes the state of a recorded canister as a snapshot folder, as `dfx` and `icp` write one that they download. @throws UserError if
 * no canister is installed
 */
export function writeSnapshot(folder: string, { stable, main }: Recorder): void {
  if (main === undefined) throw new UserError('input', 'No canister is installed at the end, so there is no snapshot of it.');
  mkdirSync(folder, { recursive: true });
  writeMemory(join(folder, 'stable_memory.bin'), stable);
  writeMemory(join(folder, 'wasm_memory.bin'), main.memory);
  writeFileSync(join(folder, 'wasm_module.bin'), main.module.original);
  writeFileSync(join(folder, METADATA_FILE), metadataOf(stable, main));
}

/** Writes a memory. Pages of zeros become holes. */
function writeMemory(path: string, memory: ReadableMemory): void {
  const file = openSync(path, 'wx');
  try {
    const page = new Uint8Array(PAGE_SIZE);
    for (let start = 0; start < byteLength(memory); start += PAGE_SIZE) {
      memory.read(at(0, start), page);
      if (page.some((byte) => byte !== 0)) writeSync(file, page, 0, page.length, start);
    }
    ftruncateSync(file, byteLength(memory));
  } finally {
    closeSync(file);
  }
}

/** Returns the metadata as JSON. Numbers of 64 bits are written as they are, as Rust's `serde_json` does. */
function metadataOf(stable: ReadableMemory, { module, memory, globals, system }: MainState): string {
  const { timer = 0n, certifiedData = new Uint8Array() } = system;
  const { info } = module;
  let mutable = 0;
  const values = info.listedGlobals.map(({ mutable: isMutable }) => {
    if (!isMutable) return 'null';
    const type = info.mutableGlobals[mutable]?.type ?? 'i32';
    const value = globals[mutable];
    mutable += 1;
    const isNumber = typeof value === 'bigint' || (typeof value === 'number' && Number.isFinite(value));
    return isNumber ? `{"${type}": ${value}}` : 'null';
  });
  const fields = {
    source: '{"taken_from_canister": null}',
    taken_at_timestamp: '0',
    wasm_module_size: String(module.original.length),
    globals: `[${values.join(', ')}]`,
    wasm_memory_size: String(byteLength(memory)),
    stable_memory_size: String(byteLength(stable)),
    wasm_chunk_store: '[]',
    canister_version: '0',
    certified_data: `[${certifiedData.join(', ')}]`,
    global_timer: timer === 0n ? '"inactive"' : `{"active": ${timer}}`,
    on_low_wasm_memory_hook_status: '"condition_not_satisfied"',
  };
  return `{\n${Object.entries(fields)
    .map(([name, value]) => `  "${name}": ${value}`)
    .join(',\n')}\n}\n`;
}
