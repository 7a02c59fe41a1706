const WORD = 4;
/** Below this number of bytes a view costs more than it saves. */
const FEW = 64;

/** Returns whether two arrays have the same bytes. Long ones are compared in words. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let index = 0;
  if (a.length >= FEW && a.byteOffset % WORD === 0 && b.byteOffset % WORD === 0) {
    const words = Math.floor(a.length / WORD);
    const [left, right] = [new Int32Array(a.buffer, a.byteOffset, words), new Int32Array(b.buffer, b.byteOffset, words)];
    for (let word = 0; word < words; word += 1) if (left[word] !== right[word]) return false;
    index = WORD * words;
  }
  for (; index < a.length; index += 1) if (a[index] !== b[index]) return false;
  return true;
}
