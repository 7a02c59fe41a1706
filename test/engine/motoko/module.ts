import { encodeUnsigned } from '../../../engine/values/leb128.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const counted = (bytes: Uint8Array): readonly number[] => [...encodeUnsigned(BigInt(bytes.length)), ...bytes];

/** Returns a WebAssembly module that has a memory, and custom sections with these names and texts. */
export function moduleWith(...sections: readonly (readonly [name: string, text: string])[]): Uint8Array<ArrayBuffer> {
  const memory = [5, 3, 1, 0, 1];
  const custom = sections.flatMap(([name, text]) => [
    0,
    ...counted(Uint8Array.from([...counted(bytesOf(name)), ...bytesOf(text)])),
  ]);
  return Uint8Array.from([...bytesOf('\0asm'), 1, 0, 0, 0, ...memory, ...custom]);
}
