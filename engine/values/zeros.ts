/** Returns the length of bytes without trailing zeros. It is a loop because it is called often for long values. */
export function lengthWithoutZeros(bytes: Uint8Array): number {
  let length = bytes.length;
  while (length > 0 && bytes[length - 1] === 0) length -= 1;
  return length;
}
