/** `"stable_memory_size": 65536`, as `dfx` and `icp` write it, or Juno's `"stableMemorySize": {"__bigint__": "65536"}`. */
const SIZE = /("stable_memory_size"\s*:\s*|"stableMemorySize"\s*:\s*(?:\{\s*"__bigint__"\s*:\s*")?)\d+/g;

/**
 * Returns the text of a snapshot's metadata with the size of its stable memory in bytes. All else stays as it is, because numbers
 * of 64 bits would lose digits. Undefined if the text does not have the size exactly once.
 */
export function withStableSize(text: string, bytes: number): string | undefined {
  if ([...text.matchAll(SIZE)].length !== 1) return undefined;
  return text.replace(SIZE, (_, before: string) => `${before}${bytes}`);
}

/** Returns the metadata of a snapshot of which only the stable memory is known. */
export function metadataOfMemory(bytes: number): string {
  const fields = {
    source: null,
    taken_at_timestamp: 0,
    wasm_module_size: 0,
    globals: [],
    wasm_memory_size: 0,
    stable_memory_size: bytes,
    wasm_chunk_store: [],
    canister_version: 0,
    certified_data: [],
    global_timer: null,
    on_low_wasm_memory_hook_status: null,
  };
  return `${JSON.stringify(fields, undefined, 2)}\n`;
}
