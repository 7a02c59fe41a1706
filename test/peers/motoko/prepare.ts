/**
 * Gives a host access to parts of a module that otherwise only the Internet Computer itself can reach: the start function, which
 * must find the old main memory after an upgrade, and the mutable globals, which must keep their values after a message that
 * traps.
 */

const GLOBALS = 6;
const EXPORTS = 7;
const START = 8;
const FUNCTION_EXPORT = 0;
const GLOBAL_EXPORT = 3;

/** Name of the export of the start function. */
export const START_FUNCTION = 'start';

interface Export {
  readonly name: string;
  readonly kind: number;
  readonly index: number;
}

/**
 * Returns the same module, but that it does not start by itself, and exports its start function and every mutable global. It
 * imports none.
 */
export function prepared(wasm: Uint8Array): Uint8Array {
  const sections = [...sectionsOf(wasm)];
  const contentOf = (id: number) => sections.find((section) => section.id === id)?.content;
  const globals = contentOf(GLOBALS);
  const start = contentOf(START);
  const added: Export[] = (globals ? mutableGlobals(globals) : []).map((index) => ({
    name: `global${index}`,
    kind: GLOBAL_EXPORT,
    index,
  }));
  if (start) added.push({ name: START_FUNCTION, kind: FUNCTION_EXPORT, index: uintAt(start, 0).value });
  const kept = sections.filter(({ id }) => id !== START);
  const encoded = kept.map(({ id, content }) => encodeSection(id, id === EXPORTS ? exporting(content, added) : content));
  return Buffer.concat([wasm.subarray(0, 8), ...encoded]);
}

interface Section {
  readonly id: number;
  readonly content: Uint8Array;
}

function* sectionsOf(wasm: Uint8Array): Generator<Section, void, undefined> {
  for (let at = 8; at < wasm.length; ) {
    const length = uintAt(wasm, at + 1);
    const end = length.end + length.value;
    yield { id: wasm[at] ?? 0, content: wasm.subarray(length.end, end) };
    at = end;
  }
}

function encodeSection(id: number, content: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.of(id), encodeUint(content.length), content]);
}

function exporting(content: Uint8Array, added: readonly Export[]): Uint8Array {
  const count = uintAt(content, 0);
  const entries = added.map(({ name, kind, index }) =>
    Buffer.concat([encodeUint(name.length), Buffer.from(name), Uint8Array.of(kind), encodeUint(index)]),
  );
  return Buffer.concat([encodeUint(count.value + added.length), content.subarray(count.end), ...entries]);
}

/** Returns the indexes of the mutable globals. */
function mutableGlobals(content: Uint8Array): readonly number[] {
  const count = uintAt(content, 0);
  const mutable: number[] = [];
  let at = count.end;
  for (let index = 0; index < count.value; index++) {
    if (content[at + 1] === 1) mutable.push(index);
    at = initializerEnd(content, at + 2);
  }
  return mutable;
}

/** Returns the end of the constant that initialises a global. */
function initializerEnd(content: Uint8Array, start: number): number {
  const operation = content[start];
  // f32.const has four bytes, f64.const has eight, and all others have a LEB128.
  const end = operation === 0x43 ? start + 5 : operation === 0x44 ? start + 9 : uintAt(content, start + 1).end;
  if (content[end] !== 0x0b) throw new Error(`The initializer of the global before ${end} is not known.`);
  return end + 1;
}

/** Reads an unsigned LEB128. For a signed one only the end is right. */
function uintAt(bytes: Uint8Array, start: number): { readonly value: number; readonly end: number } {
  let value = 0;
  for (let at = start, scale = 1; ; at++, scale *= 0x80) {
    const byte = bytes[at] ?? 0;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return { value, end: at + 1 };
  }
}

export function encodeUint(value: number): Uint8Array {
  const bytes: number[] = [];
  let left = value;
  for (; left >= 0x80; left = Math.floor(left / 0x80)) bytes.push((left % 0x80) | 0x80);
  return Uint8Array.of(...bytes, left);
}
