import { formatCount, formatCounted } from '../core/format.ts';
import type { Usage } from '../core/usage-runs.ts';

/** A part of what a memory costs. */
export interface CostLine {
  /** `storing these bytes`, `base fee of any canister with memory` */
  readonly label: string;
  /** Cycles as a decimal string. */
  readonly cyclesPerYear: string;
  /** `127,000 cycles a GiB-second, 13 nodes, published 2026-08-18` */
  readonly note: string;
}

/** A price of storage on a subnet of 13 nodes, and its date. */
interface Price {
  readonly cyclesPerGibSecond: number;
  /** `published 2026-08-18` */
  readonly source: string;
}

/** Nodes of the subnet that prices are quoted for; on other subnets they are proportional to the nodes. */
const PRICED_NODES = 13;

/** Storage prices by name. It is not verified which of them mainnet charges; the published one is the default. */
const PRICES = {
  'published-2026-08': { cyclesPerGibSecond: 127_000, source: 'published 2026-08-18' },
  'reported-2026-05': { cyclesPerGibSecond: 317_500, source: 'reported 2026-05, not verified' },
} as const satisfies Record<string, Price>;

export type PriceName = keyof typeof PRICES;

export const PRICE_NAMES: readonly PriceName[] = ['published-2026-08', 'reported-2026-05'];

export function isPriceName(name: unknown): name is PriceName {
  return PRICE_NAMES.some((known) => known === name);
}

/** Fee for any canister that has memory, on 13 nodes. It is in the replica's sources; it is not verified that it is charged. */
const BASE_FEE = { cyclesPerSecond: 10_000, source: 'merged 2026-05, not verified' } as const;

const MAX_NODES = 1_000;
/** Maximum snapshots of a canister that the Internet Computer keeps. */
const MAX_SNAPSHOTS = 10;

export const isCyclesPerGibSecond = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 && value <= 1e15;
export const isNodeCount = (value: unknown): value is number => isWithin(value, 1, MAX_NODES);
export const isSnapshotCount = (value: unknown): value is number => isWithin(value, 0, MAX_SNAPSHOTS);

function isWithin(value: unknown, min: number, max: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;
}

/** Terms of the cost, from the labels, the settings or a command; all are optional. */
export interface CostTerms {
  readonly price?: PriceName | undefined;
  /** Custom price on 13 nodes; overrides `price`. */
  readonly cyclesPerGibSecond?: number | undefined;
  readonly nodes?: number | undefined;
  /** Number of snapshots that are kept on the subnet. */
  readonly snapshots?: number | undefined;
}

/** The rate of a cost: all figures of the cost are computed from it. */
export interface Rate {
  /** On this subnet. */
  readonly cyclesPerGibSecond: number;
  readonly nodes: number;
  /** Name of the price; `own` for a custom one. */
  readonly price: PriceName | 'own';
  /** `published 2026-08-18`, `your own price` */
  readonly source: string;
  readonly snapshots: number;
}

/** Combines terms into a rate. Of each term the first one that is set wins. */
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

/** Scales cycles from 13 nodes to `nodes`, rounded down: 34 nodes are charged 332,153 where 13 are charged 127,000. */
function onNodes(cycles: number, nodes: number): number {
  return nodes === PRICED_NODES ? cycles : Math.floor((cycles * nodes) / PRICED_NODES);
}

const SECONDS_PER_YEAR = 365n * 86_400n;

/** Returns the cycles that `bytes` of stable memory cost in a year of 365 days, rounded down. */
export function cyclesPerYear(bytes: number, { cyclesPerGibSecond }: Pick<Rate, 'cyclesPerGibSecond'>): bigint {
  return (BigInt(bytes) * BigInt(Math.round(cyclesPerGibSecond)) * SECONDS_PER_YEAR) >> 30n;
}

/** Describes a rate: `127,000 cycles a GiB-second, 13 nodes, published 2026-08-18`. */
export function describeRate({ cyclesPerGibSecond, nodes, source }: Rate): string {
  return `${formatCount(cyclesPerGibSecond)} cycles a GiB-second, ${formatCounted(nodes, 'node')}, ${source}`;
}

/** The cost of a stable memory. Cycles a year. */
export interface Cost {
  readonly rate: Rate;
  /** Cost of all its bytes. */
  readonly all: bigint;
  /** Cost of the bytes that are slack or free; included in `all`. */
  readonly unused: bigint;
  /** Cost of the kept snapshots: each has the same number of bytes. */
  readonly snapshots: bigint;
  /** Fee for having any memory; not caused by these bytes. */
  readonly base: bigint;
  readonly baseCyclesPerSecond: number;
}

/** Computes the cost of an image. An empty one costs nothing here: it is not known what else the canister has. */
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

/** Returns the lines of a cost, for people. The first is that of the bytes themselves. */
export function costLines({ rate, all, snapshots, base, baseCyclesPerSecond }: Cost): readonly CostLine[] {
  const line = (label: string, cycles: bigint, note: string): CostLine => ({ label, cyclesPerYear: String(cycles), note });
  return [
    line('storing these bytes', all, describeRate(rate)),
    ...(rate.snapshots === 0
      ? []
      : [line(`${formatCounted(rate.snapshots, 'snapshot')} of them kept`, snapshots, 'the same number of bytes in each')]),
    line(
      'base fee of any canister with memory',
      base,
      `not caused by these bytes; ${formatCount(baseCyclesPerSecond)} cycles a second, ${BASE_FEE.source}`,
    ),
  ];
}
