import { formatCount, formatCounted } from '../core/format.ts';
import type { Usage } from '../core/usage-runs.ts';

/** A part of what a memory costs. */
export interface CostLine {
  /** `storing these bytes`, `base fee of any canister with memory` */
  readonly label: string;
  /** A decimal string. */
  readonly cyclesPerYear: string;
  /** `127,000 cycles a GiB-second, 13 nodes, published 2026-08-18` */
  readonly note: string;
}

/** A price of storage on a subnet of 13 nodes, with the day that it is of. */
interface Price {
  readonly cyclesPerGibSecond: number;
  /** `published 2026-08-18` */
  readonly source: string;
}

/** Nodes of the subnet that prices are given for; on others they are in proportion. */
const PRICED_NODES = 13;

/** Storage prices by name. Which of them mainnet charges is not verified; the published one is the default. */
export const PRICES = {
  'published-2026-08': { cyclesPerGibSecond: 127_000, source: 'published 2026-08-18' },
  'reported-2026-05': { cyclesPerGibSecond: 317_500, source: 'reported 2026-05, not verified' },
} as const satisfies Record<string, Price>;

export type PriceName = keyof typeof PRICES;

export const PRICE_NAMES: readonly PriceName[] = ['published-2026-08', 'reported-2026-05'];

export function isPriceName(name: unknown): name is PriceName {
  return PRICE_NAMES.some((known) => known === name);
}

/** A fee for any canister that has memory, on 13 nodes; merged into the replica's sources, not verified to be charged. */
const BASE_FEE = { cyclesPerSecond: 10_000, source: 'merged 2026-05, not verified' } as const;

const MAX_NODES = 1_000;
/** The Internet Computer keeps no more snapshots of a canister. */
const MAX_SNAPSHOTS = 10;

export const isCyclesPerGibSecond = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 && value <= 1e15;
export const isNodeCount = (value: unknown): value is number => isWithin(value, 1, MAX_NODES);
export const isSnapshotCount = (value: unknown): value is number => isWithin(value, 0, MAX_SNAPSHOTS);

function isWithin(value: unknown, least: number, most: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
}

/** What the owner, the settings or a command say of the cost; everything is optional. */
export interface CostTerms {
  readonly price?: PriceName | undefined;
  /** A price of their own, on 13 nodes. Goes before `price`. */
  readonly cyclesPerGibSecond?: number | undefined;
  readonly nodes?: number | undefined;
  /** Snapshots that are kept on the subnet. */
  readonly snapshots?: number | undefined;
}

/** How storage is charged: what each figure of a cost is computed with. */
export interface Rate {
  /** On this subnet. */
  readonly cyclesPerGibSecond: number;
  readonly nodes: number;
  /** The price's name; `own` for one that is no preset's. */
  readonly price: PriceName | 'own';
  /** `published 2026-08-18`, `your own price` */
  readonly source: string;
  readonly snapshots: number;
}

/** Returns the rate that several terms give together; of each the first that says something wins. */
export function rateOf(...terms: readonly (CostTerms | undefined)[]): Rate {
  const said = terms.filter((one) => one !== undefined);
  const priced = said.find(({ price, cyclesPerGibSecond }) => price !== undefined || cyclesPerGibSecond !== undefined);
  const nodes = said.find((one) => one.nodes !== undefined)?.nodes ?? PRICED_NODES;
  const snapshots = said.find((one) => one.snapshots !== undefined)?.snapshots ?? 0;
  const own = priced?.cyclesPerGibSecond;
  const name = priced?.price ?? 'published-2026-08';
  return {
    cyclesPerGibSecond: onNodes(own ?? PRICES[name].cyclesPerGibSecond, nodes),
    nodes,
    price: own === undefined ? name : 'own',
    source: own === undefined ? PRICES[name].source : 'your own price',
    snapshots,
  };
}

/** Rounded down, as 34 nodes are charged 332,153 for 127,000 on 13. */
function onNodes(cycles: number, nodes: number): number {
  return nodes === PRICED_NODES ? cycles : Math.floor((cycles * nodes) / PRICED_NODES);
}

const SECONDS_PER_YEAR = 365n * 86_400n;

/** Cycles that `bytes` of stable memory cost in a year of 365 days, rounded down. */
export function cyclesPerYear(bytes: number, { cyclesPerGibSecond }: Pick<Rate, 'cyclesPerGibSecond'>): bigint {
  return (BigInt(bytes) * BigInt(Math.round(cyclesPerGibSecond)) * SECONDS_PER_YEAR) >> 30n;
}

/** `127,000 cycles a GiB-second, 13 nodes, published 2026-08-18` */
export function describeRate({ cyclesPerGibSecond, nodes, source }: Rate): string {
  return `${formatCount(cyclesPerGibSecond)} cycles a GiB-second, ${formatCounted(nodes, 'node')}, ${source}`;
}

/** The cost of a stable memory. Cycles a year. */
export interface Cost {
  readonly rate: Rate;
  /** For all its bytes. */
  readonly all: bigint;
  /** For those of them that are slack or free. */
  readonly unused: bigint;
  /** For as many bytes in each snapshot that is kept. */
  readonly snapshots: bigint;
  /** For having any memory at all; not caused by these bytes. */
  readonly base: bigint;
  readonly baseCyclesPerSecond: number;
}

/** Computes what an image costs. An empty one costs nothing here: what else the canister has is not known. */
export function costOf(usage: Usage, bytes: number, rate: Rate): Cost {
  const baseCyclesPerSecond = onNodes(BASE_FEE.cyclesPerSecond, rate.nodes);
  return {
    rate,
    all: cyclesPerYear(bytes, rate),
    unused: cyclesPerYear(usage.slack + usage.free, rate),
    snapshots: cyclesPerYear(bytes, rate) * BigInt(rate.snapshots),
    base: BigInt(baseCyclesPerSecond) * SECONDS_PER_YEAR,
    baseCyclesPerSecond,
  };
}

/** Returns a cost line by line, for people; the first is that of the bytes themselves. */
export function costLines({ rate, all, snapshots, base, baseCyclesPerSecond }: Cost): readonly CostLine[] {
  const line = (label: string, cycles: bigint, note: string): CostLine => ({ label, cyclesPerYear: String(cycles), note });
  return [
    line('storing these bytes', all, describeRate(rate)),
    ...(rate.snapshots === 0
      ? []
      : [line(`${formatCounted(rate.snapshots, 'snapshot')} of them kept`, snapshots, 'as many bytes in each')]),
    line(
      'base fee of any canister with memory',
      base,
      `not caused by these bytes; ${formatCount(baseCyclesPerSecond)} cycles a second, ${BASE_FEE.source}`,
    ),
  ];
}
