import { fc } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { OverlayMemory } from '../../../engine/core/memory/overlay.ts';
import { readStableVariables } from '../../../engine/motoko/stable-variables/inspect.ts';
import { namesIn } from '../../../engine/motoko/stable-variables/names.ts';
import { contentOf, type StableValue } from '../../../engine/motoko/stable-variables/value.ts';
import { blob, fixed, littleEndian, message, nat64 } from './candid.ts';
import { Canister } from './canister.ts';
import { compile } from './compile.ts';
import { inspected } from './images.ts';

/** Arguments of `keep`. */
const KEPT = fc.record({
  natural: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  small: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  float: fc.double(),
  text: fc.string({ unit: 'grapheme', maxLength: 40 }),
  pages: fc.nat({ max: 60 }),
});

/** Returns a value as plain data, without names. */
function plain(value: StableValue | undefined): unknown {
  const content = contentOf(value);
  switch (content?.kind) {
    case 'plain':
      return content.value;
    case 'blob':
      return Buffer.from(content.bytes).toString();
    case 'region':
      return [content.id, content.pages];
    case 'opt':
    case 'variant':
      return content.items.length === 0 ? undefined : plain(content.items[0]);
    case 'array':
    case 'record':
      return content.items.map(plain);
    default:
      return content;
  }
}

test('stable variables have the values that the program kept in them, upgrade after upgrade', () => {
  const program = compile('variables.mo', 'classicOP');
  const canister = new Canister(program, new OverlayMemory());
  const all: bigint[] = [];
  let chain: unknown;
  let pages = 0;
  for (const kept of fc.sample(KEPT, { seed: 1, numRuns: 40 })) {
    const float = new Uint8Array(new Float64Array([kept.float]).buffer);
    const small = fixed('Int64', littleEndian(BigInt.asUintN(64, kept.small)));
    const text = Buffer.from(kept.text);
    canister.call('keep', message(nat64(kept.natural), small, fixed('Float', float), blob(text), nat64(kept.pages)));
    all.push(kept.natural);
    chain = [kept.natural, chain];
    pages += kept.pages;

    canister.preUpgrade();
    const image = inspected(canister.stable);
    const span = image?.kind === 'motoko-regions' ? image.trailer?.data : undefined;
    if (!span) throw new Error('There are no stable variables.');
    const names = namesIn(program.signature);
    const { variables, cutShort } = readStableVariables(canister.stable, span, ({ message }) => expect.fail(message), { names });
    expect(cutShort).toBeUndefined();
    expect(Object.fromEntries(variables.map(({ name, value }) => [name, plain(value)]))).toEqual({
      region: [16n, pages],
      natural: kept.natural,
      big: kept.natural ** 3n,
      signed: -(kept.natural ** 3n),
      small: kept.small,
      float: kept.float,
      bytes: text.toString(),
      text: text.toString(),
      all,
      chain,
      // Fields come in the order of their names' hashes.
      choice: [kept.natural, BigInt(all.length)],
    });
    canister.postUpgrade();
  }
});
