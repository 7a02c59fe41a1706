const WORD = 4;

/** Returns whether all bytes are zero. Aligned bytes are compared in words. */
export function isAllZero(bytes: Uint8Array): boolean {
  const words = bytes.byteOffset % WORD === 0 ? Math.floor(bytes.length / WORD) : 0;
  const view = words === 0 ? undefined : new Int32Array(bytes.buffer, bytes.byteOffset, words);
  if (view !== undefined) for (let word = 0; word < words; word += 1) if (view[word] !== 0) return false;
  for (let index = WORD * words; index < bytes.length; index += 1) if (bytes[index] !== 0) return false;
  return true;
}
