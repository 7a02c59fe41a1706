import { Budget } from '../core/budget.ts';
import { type Element, readStored, type StoredBytes } from '../core/structure.ts';
import type { Codec } from '../values/codec.ts';
import { type CodecTable, NO_CODECS } from '../values/codec-table.ts';
import { codecOf } from '../values/codecs.ts';
import { provenCodec, type Sample } from '../values/guessing/described.ts';
import { guessCodecs } from '../values/guessing/sniff.ts';
import type { PlacedStructure } from './placed.ts';

export const ROLES = ['key', 'value'] as const;
export type Role = (typeof ROLES)[number];

/** Maximum elements that a guess reads. */
const SAMPLES = 48;
/** Maximum bytes of a value that is read whole; of a longer one only the first `BEGINNING_BYTES` are read. */
const MAX_SAMPLE_BYTES = 16_384;
const BEGINNING_BYTES = 4_096;
/** Limit of the walks to samples among elements that are known. */
const SAMPLING_STEPS = 2 ** 16;

export interface ChosenCodec {
  readonly codec: Codec;
  /** True where nobody chose the codec and it was guessed from the bytes. */
  readonly guessed: boolean;
  /** Line of the program's source that declares it: `src/storage.rs:41`. */
  readonly from?: string | undefined;
  /** Other codecs that the structure's values suggest, for values that the first one cannot decode. */
  readonly others: readonly Codec[];
}

interface GuessedCodec extends ChosenCodec {
  /** Number of values that were read. */
  readonly samples: number;
}

/**
 * Codecs for the keys and values of a snapshot's structures: the user's choice, else those of the types in the program's source
 * where they fit the bytes, else guessed from the bytes.
 */
export class Decoding {
  readonly #chosen = new Map<string, Codec>();
  readonly #guessed = new Map<string, GuessedCodec>();
  readonly #own: CodecTable;

  /** @param own the user's codecs */
  constructor(own: CodecTable = NO_CODECS) {
    this.#own = own;
  }

  /** Decodes a structure's keys or values with this codec from now on; undefined: with a guessed one again. */
  choose(part: string, role: Role, codec: Codec | undefined): void {
    if (codec === undefined) this.#chosen.delete(`${role} ${part}`);
    else this.#chosen.set(`${role} ${part}`, codec);
  }

  /** Takes over the choices and guesses made for the same memory at another step, so that its values are not read again. */
  adopt(other: Decoding): void {
    this.adoptChoices(other);
    for (const [name, guessed] of other.#guessed) if (guessed.samples > 0) this.#guessed.set(name, guessed);
  }

  /** Takes over the user's choices. */
  adoptChoices(other: Decoding): void {
    for (const [name, codec] of other.#chosen) this.#chosen.set(name, codec);
  }

  /** Returns the codec that the user chose; undefined where nobody chose one. */
  chosen(placed: PlacedStructure, role: Role): ChosenCodec | undefined {
    const codec = this.#chosen.get(`${role} ${placed.part}`);
    return codec && { codec, guessed: false, others: [] };
  }

  /** Returns the roles for which neither the user chose a codec, nor the program's source declares one that fits. */
  guessedRoles(placed: PlacedStructure): readonly Role[] {
    return ROLES.filter((role) => this.codec(placed, role, new Budget()).guessed);
  }

  codec(placed: PlacedStructure, role: Role, budget: Budget): ChosenCodec {
    const name = `${role} ${placed.part}`;
    const chosen = this.chosen(placed, role);
    if (chosen !== undefined) return chosen;
    let guessed = this.#guessed.get(name);
    if (guessed === undefined) {
      guessed = guess(placed, role, this.#own, budget);
      this.#guessed.set(name, guessed);
    }
    return guessed;
  }
}

function guess(placed: PlacedStructure, role: Role, own: CodecTable, budget: Budget): GuessedCodec {
  const { structure, space } = placed;
  const present = structure.count(budget);
  // Of a cleared map, the entries that it used to have are sampled.
  const source = present > 0 ? structure : (structure.recoverable ?? structure);
  const count = present > 0 ? present : source.count(budget);
  // There were too many elements to count. The sample comes from those that were counted.
  const sampling = budget.cutShort === undefined ? budget : new Budget({ steps: SAMPLING_STEPS });
  const samples: Sample[] = [];
  // The samples are spread over all elements: neighbours in a tree are alike, and would suggest too much.
  for (let sample = 0; sample < Math.min(count, SAMPLES); sample++) {
    const index = count <= SAMPLES ? sample : Math.floor((sample * (count - 1)) / (SAMPLES - 1));
    for (const element of source.elements(index, 1, sampling)) {
      const stored = storedBytesOf(element, role);
      if (stored === undefined) continue;
      const limit = stored.size > MAX_SAMPLE_BYTES ? BEGINNING_BYTES : stored.size;
      samples.push({ bytes: readStored(stored, limit), size: stored.size });
    }
  }
  const family = space.kind === 'region' ? 'motoko' : 'stable-structures';
  const [codec = BYTES, ...others] = guessCodecs(samples, { family, role }).flatMap((name) => codecOf(name, own) ?? []);
  const declared = declaredCodec(placed, role, samples);
  if (declared === undefined) return { codec, guessed: true, others, samples: samples.length };
  const rest = [codec, ...others].filter(({ name }) => name !== declared.codec.name);
  return { ...declared, guessed: false, others: rest, samples: samples.length };
}

/** Returns the codec of the type in the program's source, if all samples can be read with it, and do not prove another one. */
function declaredCodec(
  { structure, space: { declared } }: PlacedStructure,
  role: Role,
  samples: readonly Sample[],
): Pick<ChosenCodec, 'codec' | 'from'> | undefined {
  const name = declared?.[role];
  const isMap = structure.kind === 'btreemap' || structure.kind === 'btreeset';
  const isSame = declared?.structure === structure.kind || (isMap && declared?.key !== undefined);
  const codec = name === undefined || !isSame ? undefined : codecOf(name);
  const wholes = samples.filter(({ bytes, size }) => bytes.length === size);
  if (codec === undefined || wholes.length === 0) return undefined;
  const isFitting = wholes.every(({ bytes }) => codec.decode(bytes) !== undefined && provenCodec(bytes) === undefined);
  return isFitting ? { codec, from: declared?.from } : undefined;
}

const BYTES: Codec = requireBytes();

function requireBytes(): Codec {
  const codec = codecOf('bytes');
  if (codec === undefined) throw new Error('The codec of plain bytes is missing.');
  return codec;
}

export function storedBytesOf(element: Pick<Element, 'key' | 'value'>, role: Role): StoredBytes | undefined {
  return role === 'key' ? element.key : element.value;
}
