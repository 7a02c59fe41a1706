/** Returns the length of bytes without the zeros at their end. A loop: of long values it is asked again and again. */
export function lengthWithoutZeros(bytes: Uint8Array): number {
  let length = bytes.length;
  while (length > 0 && bytes[length - 1] === 0) length -= 1;
  return length;
}
