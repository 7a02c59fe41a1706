const HEADER = 8;
const CUSTOM = 0;

/**
 * Returns the same module without debug information, of which Debian's standard library has megabytes. The linker can leave it
 * out, too, but then also leaves out the names of functions.
 */
export function withoutDebugSections(module: Uint8Array): Uint8Array {
  const kept = [module.subarray(0, HEADER)];
  for (let at = HEADER; at < module.length; ) {
    const size = uintAt(module, at + 1);
    const end = size.end + size.value;
    if (module[at] !== CUSTOM || !nameAt(module, size.end).startsWith('.debug_')) kept.push(module.subarray(at, end));
    at = end;
  }
  return Uint8Array.from(Buffer.concat(kept));
}

function nameAt(module: Uint8Array, at: number): string {
  const size = uintAt(module, at);
  return Buffer.from(module.subarray(size.end, size.end + size.value)).toString();
}

/** Reads an unsigned LEB128 of up to 32 bits. */
function uintAt(bytes: Uint8Array, at: number): { readonly value: number; readonly end: number } {
  let value = 0;
  for (let end = at, factor = 1; ; end++, factor *= 128) {
    const byte = bytes[end] ?? 0;
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) return { value, end: end + 1 };
  }
}
