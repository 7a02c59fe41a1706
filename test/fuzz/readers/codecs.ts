import { CODEC_CHOICES, codecOf } from '../../../engine/values/codecs.ts';
import { guessCodec, sniff } from '../../../engine/values/guessing/sniff.ts';
import { parseHexText, renderHexText } from '../../../engine/values/hex-text.ts';
import { mutated } from '../mutate.ts';
import type { Random } from '../random.ts';
import { assert, type Reader } from '../reader.ts';

const NAMES = CODEC_CHOICES.flatMap(({ name }) =>
  name.includes('…') ? ['u8', 'text', 'u64-be', 'cbor'].map((part) => name.replaceAll('…', part)) : [name],
);
const CODECS = NAMES.flatMap((name) => codecOf(name) ?? []);

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));

/** Values from real programs. */
const SEEDS: readonly [Uint8Array, ...Uint8Array[]] = [
  new TextEncoder().encode('{"name": "Ada", "age": 36, "tags": ["a", "b"], "more": {"x": null}}'),
  bytesOf('a2646e616d6563416461636167651824'),
  bytesOf('82a46e616d65a3416461a361676524'),
  bytesOf('4449444c026c02f1fee18d0371cbe4fdc70401016d7b01000341646103010203'),
  bytesOf('0a034164611024220a0a0374616712036f6e65'),
  bytesOf('0000000000000000020101'),
  bytesOf('9f1a0001e2403b00000000499602d2ff'),
  new Uint8Array(29).fill(2),
  new TextEncoder().encode('Grüße, 世界 👋'),
];

const FAMILIES = ['stable-structures', 'motoko'] as const;
const ROLES = ['key', 'value'] as const;

export const CODEC_READER: Reader = {
  name: 'codecs',
  cases: 44_300,
  maxTime: 2000,
  run(random) {
    const bytes = value(random);
    const codec = CODECS[random.below(CODECS.length)];
    const decoded = codec?.decode(bytes);
    for (const { start, length } of decoded?.parts ?? [])
      assert(start >= 0 && length >= 0 && start + length <= bytes.length, () => `A part of ${codec?.name} is outside its bytes.`);
    if (decoded !== undefined && codec?.encode !== undefined) codec.encode(decoded.text);
    if (codec?.compare !== undefined) codec.compare(bytes, value(random));
    if (!random.once(8)) return;
    const context = { family: random.pick(FAMILIES), role: random.pick(ROLES) };
    sniff(bytes, context);
    guessCodec([bytes, value(random), value(random)], context);
    parseHexText(renderHexText(bytes, random.below(2 ** 40), []).split('\n'));
  },
};

function value(random: Random): Uint8Array<ArrayBuffer> {
  return random.once(4) ? random.bytes(random.length(200)) : mutated(random, random.pick(SEEDS));
}
