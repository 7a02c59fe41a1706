/** Cycles that one GiB of stable memory costs in a second on a 13-node subnet (Internet Computer's price list). */
export const CYCLES_PER_GIB_SECOND = 127_000;

const SECONDS_PER_YEAR = 365n * 86_400n;

/** Cycles that `bytes` of stable memory cost in a year of 365 days, rounded down. */
export function cyclesPerYear(bytes: number, cyclesPerGibSecond = CYCLES_PER_GIB_SECOND): bigint {
  return (BigInt(bytes) * BigInt(cyclesPerGibSecond) * SECONDS_PER_YEAR) >> 30n;
}
