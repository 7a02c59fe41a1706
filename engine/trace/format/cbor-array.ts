/** Writes arrays of plain values as CBOR (RFC 8949), fast. An encoder for all values takes several times as long. */

const UINT = 0x00;
const NEGATIVE = 0x20;
const BYTES = 0x40;
const ARRAY = 0x80;
const NULL = 0xf6;

const MAX_DIRECT = 23;
/** Maximum bytes of the head of a value. */
const MAX_HEAD = 9;
const MAX_64 = (1n << 64n) - 1n;

/**
 * Writes an array into `room` from `start` on, with integers in their shortest form and `undefined` as null. Returns the end, or
 * undefined if it does not fit, is long, or has a value other than whole numbers, bytes and `undefined`.
 */
export function writeArray(room: Uint8Array, start: number, values: readonly unknown[]): number | undefined {
  if (values.length > MAX_DIRECT || start + (values.length + 1) * MAX_HEAD > room.length) return undefined;
  let end = start;
  room[end++] = ARRAY | values.length;
  for (const [index, value] of values.entries()) {
    if (value === undefined) room[end++] = NULL;
    else if (typeof value === 'number') {
      if (Number.isSafeInteger(value) && value >= 0) end = writeHead(room, end, UINT, value);
      else if (Number.isInteger(value) && value < 0 && value >= -1 - MAX_DIRECT) room[end++] = NEGATIVE | (-1 - value);
      else return undefined;
    } else if (typeof value === 'bigint') {
      if (value < 0n || value > MAX_64) return undefined;
      end = value <= 0xffff_ffffn ? writeHead(room, end, UINT, Number(value)) : writeLong(room, end, value);
    } else if (value instanceof Uint8Array) {
      // The heads of the values after it must fit, too.
      if (end + MAX_HEAD + value.length + (values.length - index) * MAX_HEAD > room.length) return undefined;
      end = writeHead(room, end, BYTES, value.length);
      room.set(value, end);
      end += value.length;
    } else return undefined;
  }
  return end;
}

/** Writes the head of a value: its kind, and a number below 2^53. Returns the end. */
function writeHead(room: Uint8Array, start: number, kind: number, value: number): number {
  let end = start;
  if (value <= MAX_DIRECT) room[end++] = kind | value;
  else if (value <= 0xff) {
    room[end++] = kind | 24;
    room[end++] = value;
  } else if (value <= 0xffff) {
    room[end++] = kind | 25;
    room[end++] = value >>> 8;
    room[end++] = value;
  } else {
    const isLong = value > 0xffff_ffff;
    room[end++] = kind | (isLong ? 27 : 26);
    if (isLong) end = write32(room, end, Math.floor(value / 2 ** 32));
    end = write32(room, end, value >>> 0);
  }
  return end;
}

function writeLong(room: Uint8Array, start: number, value: bigint): number {
  room[start] = UINT | 27;
  return write32(room, write32(room, start + 1, Number(value >> 32n)), Number(value & 0xffff_ffffn));
}

function write32(room: Uint8Array, start: number, value: number): number {
  room[start] = value >>> 24;
  room[start + 1] = value >>> 16;
  room[start + 2] = value >>> 8;
  room[start + 3] = value;
  return start + 4;
}
