/** Returns a whole number, not negative, in `length` bytes, the lowest first. */
export function littleEndian(value: number | bigint, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let rest = BigInt(value);
  for (let index = 0; index < length; index += 1, rest >>= 8n) bytes[index] = Number(rest & 0xffn);
  return bytes;
}
