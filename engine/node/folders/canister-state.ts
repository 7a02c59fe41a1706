import { readFields } from '../../values/codecs/protobuf.ts';

/** `CanisterStateBits.stable_memory_size64` (dfinity/ic, `rs/protobuf/def/state/canister_state_bits/v1`): WebAssembly pages. */
const STABLE_MEMORY_SIZE = 27;

/** Maximum size of stable memory, 500 GiB, in WebAssembly pages. */
const MAX_PAGES = 500 * 2 ** 14;

/** Returns the size of stable memory in WebAssembly pages from a replica's `canister.pbuf`, or undefined if it has none. */
export function pagesOfState(state: Uint8Array): number | undefined {
  const content = readFields(state)?.findLast(({ number }) => number === STABLE_MEMORY_SIZE)?.content;
  return content?.kind === 'varint' && content.value <= MAX_PAGES ? Number(content.value) : undefined;
}
