/** Returns a module whose only function, `canister_post_upgrade`, has this body. */
export function postUpgradeModule(body: readonly number[]): Uint8Array {
  const name = new TextEncoder().encode('canister_post_upgrade');
  const section = (id: number, bytes: readonly number[]) => [id, bytes.length, ...bytes];
  return Uint8Array.of(
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 0, 0]),
    ...section(3, [1, 0]),
    ...section(7, [1, name.length, ...name, 0, 0]),
    ...section(10, [1, body.length, ...body]),
  );
}

export const EMPTY_BODY: readonly number[] = [0x00, 0x0b];
/** A body that traps. */
export const TRAPPING_BODY: readonly number[] = [0x00, 0x00, 0x0b];
