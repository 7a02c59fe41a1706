import type { ByteSearch } from '../snapshot/find/byte-pattern.ts';

/** Node's own search, which is several times faster than one in JavaScript. */
export const nodeByteSearch: ByteSearch = (bytes, run, from) =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).indexOf(run, from);
