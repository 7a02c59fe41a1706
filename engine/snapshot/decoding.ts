import type { Budget } from '../core/budget.ts';
import { type Element, readStored, type StoredBytes } from '../core/structure.ts';
import type { Codec } from '../values/codec.ts';
import { type CodecTable, NO_CODECS } from '../values/codec-table.ts';
import { codecOf } from '../values/codecs.ts';
import type { Sample } from '../values/guessing/described.ts';
import { guessCodecs } from '../values/guessing/sniff.ts';
import type { PlacedStructure } from './placed.ts';

export type Role = 'key' | 'value';

/** How many elements a guess looks at. */
const SAMPLES = 48;
/** Longer values are looked at in part: their beginning says what they are. */
const MAX_SAMPLE_BYTES = 16_384;
const BEGINNING_BYTES = 4_096;

export interface ChosenCodec {
  readonly codec: Codec;
  /** Nobody said so: the bytes suggest it. */
  readonly guessed: boolean;
  /** Other codecs that a structure's values suggest, for those that the first one does not fit. */
  readonly others: readonly Codec[];
}

interface GuessedCodec extends ChosenCodec {
  /** Number of values that were looked at. */
  readonly samples: number;
}

/** How the keys and values of a snapshot's structures are decoded: as the user said, else as their bytes suggest. */
export class Decoding {
  readonly #chosen = new Map<string, Codec>();
  readonly #guessed = new Map<string, GuessedCodec>();
  readonly #own: CodecTable;

  /** `own`: the user's codecs. */
  constructor(own: CodecTable = NO_CODECS) {
    this.#own = own;
  }

  /** Decodes a structure's keys or values by this codec from now on; undefined: by a guess again. */
  choose(part: string, role: Role, codec: Codec | undefined): void {
    if (codec === undefined) this.#chosen.delete(`${role} ${part}`);
    else this.#chosen.set(`${role} ${part}`, codec);
  }

  /** Takes over what was chosen for the same memory at another step, and what its values suggested there, so that no step reads them anew. */
  adopt(other: Decoding): void {
    for (const [name, codec] of other.#chosen) this.#chosen.set(name, codec);
    for (const [name, guessed] of other.#guessed) if (guessed.samples > 0) this.#guessed.set(name, guessed);
  }

  /** What the user said; undefined where nobody did. */
  chosen(placed: PlacedStructure, role: Role): ChosenCodec | undefined {
    const codec = this.#chosen.get(`${role} ${placed.part}`);
    return codec && { codec, guessed: false, others: [] };
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
  // Of a map that was cleared, what it held tells.
  const source = present > 0 ? structure : (structure.recoverable ?? structure);
  const count = present > 0 ? present : source.count(budget);
  const samples: Sample[] = [];
  // Spread over all of them: neighbours in a tree are alike, and would suggest too much.
  for (let sample = 0; sample < Math.min(count, SAMPLES); sample++) {
    const index = count <= SAMPLES ? sample : Math.floor((sample * (count - 1)) / (SAMPLES - 1));
    for (const element of source.elements(index, 1, budget)) {
      const stored = storedBytesOf(element, role);
      if (stored === undefined) continue;
      const limit = stored.size > MAX_SAMPLE_BYTES ? BEGINNING_BYTES : stored.size;
      samples.push({ bytes: readStored(stored, limit), size: stored.size });
    }
  }
  const family = space.kind === 'region' ? 'motoko' : 'stable-structures';
  const [codec = BYTES, ...others] = guessCodecs(samples, { family, role }).flatMap((name) => codecOf(name, own) ?? []);
  return { codec, guessed: true, others, samples: samples.length };
}

const BYTES: Codec = requireBytes();

function requireBytes(): Codec {
  const codec = codecOf('bytes');
  if (codec === undefined) throw new Error('The codec of plain bytes is missing.');
  return codec;
}

export function storedBytesOf(element: Element, role: Role): StoredBytes | undefined {
  return role === 'key' ? element.key : element.value;
}
