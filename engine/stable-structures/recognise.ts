import { at, type ReadableMemory, readBytes } from '../memory/memory.ts';

export type RecognisedKind = 'btreemap' | 'vec' | 'minheap' | 'cell' | 'log' | 'log-data';

/** What a memory's first bytes say stands there. A log's data memory has a magic of its own. */
export interface Recognised {
  readonly kind: RecognisedKind;
  readonly magic: string;
  /** The layout version, as it stands behind the magic. */
  readonly version: number;
  /** Whether the magic is whole. Where one letter of it is lost, the version and what follows still tell what stood there. */
  readonly whole: boolean;
}

interface Magic {
  readonly magic: string;
  readonly kind: RecognisedKind;
  readonly versions: readonly number[];
}

/** The magics of `ic-stable-structures`, each three letters at the start of its memory. A manager's `MGR` is no structure's. */
const MAGICS: readonly Magic[] = [
  { magic: 'BTR', kind: 'btreemap', versions: [1, 2] },
  { magic: 'SVC', kind: 'vec', versions: [1] },
  { magic: 'SMH', kind: 'minheap', versions: [1] },
  { magic: 'SCL', kind: 'cell', versions: [1] },
  { magic: 'GLI', kind: 'log', versions: [1] },
  { magic: 'GLD', kind: 'log-data', versions: [1] },
];

/** Where a map's allocator has its magic: it tells a map whose own magic is lost altogether. */
const ALLOCATOR = { at: at(0, 52), magic: 'BTA\x01' } as const;

/** What stands at the start of the memory; several where a damaged magic could be one or the other, none where nothing known is there. */
export function recognise(memory: ReadableMemory): readonly Recognised[] {
  if (memory.pages === 0) return [];
  const bytes = readBytes(memory, at(0, 0), 4);
  const magic = latin(bytes.subarray(0, 3));
  const version = bytes[3] ?? 0;
  const whole = MAGICS.find((known) => known.magic === magic);
  if (whole !== undefined) return [{ kind: whole.kind, magic, version, whole: true }];
  if (latin(readBytes(memory, ALLOCATOR.at, 4)) === ALLOCATOR.magic) return [{ kind: 'btreemap', magic, version, whole: false }];
  return MAGICS.filter((known) => known.versions.includes(version) && lettersLost(magic, known.magic) === 1).map(({ kind }) => ({
    kind,
    magic,
    version,
    whole: false,
  }));
}

function lettersLost(magic: string, of: string): number {
  return [...of].filter((letter, index) => magic[index] !== letter).length;
}

function latin(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
