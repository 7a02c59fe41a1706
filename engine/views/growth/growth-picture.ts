import { cut, formatBytes } from '../../core/format.ts';
import { visibleText } from '../../core/visible-text.ts';
import { type GrowthReport, nameOfOwner } from './growth-report.ts';
import { shortTime } from './growth-text.ts';

/** Owners with a band of their own. All others are one band. */
const MAX_BANDS = 8;
const COLOURS = ['#3b82c4', '#e08a2e', '#4fa36b', '#d1555a', '#8a6fc0', '#c9a227', '#3aa6a6', '#b3688f'];
const OTHERS = '#8c939b';

/** Sizes of the picture and of the plot in it. */
const [WIDTH, HEIGHT] = [960, 480];
const PLOT = { left: 88, top: 56, width: 580, height: 356 } as const;
const LEGEND = { left: PLOT.left + PLOT.width + 28, row: 24 } as const;
const MAX_LABEL = 30;
/** Maximum labels below the plot. */
const MAX_TIMES = 6;
/** Number of lines across the plot, at least. */
const MIN_LINES = 3;

/** Colours of text, lines and background, on light and on dark pages. */
const STYLE = `
  text { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #24292f; }
  .title { font-size: 16px; font-weight: 600; }
  .faint { fill: #57606a; }
  .paper { fill: #ffffff; }
  .line { stroke: #8c939b; stroke-opacity: 0.35; }
  .band { stroke: #ffffff; stroke-width: 1; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .faint { fill: #9aa4af; }
    .band { stroke: #0d1117; }
    .paper { fill: #0d1117; }
  }
`;

interface Band {
  readonly name: string;
  readonly colour: string;
  readonly bytes: readonly number[];
}

/**
 * Draws the bytes by owner over the snapshots as a picture in SVG, one band an owner. If all snapshots say when they were taken, their
 * distances are proportional to the time.
 */
export function growthPicture(report: GrowthReport): string {
  const bands = bandsOf(report);
  const max = Math.max(1, ...report.snapshots.map(({ usage }) => usage.bytes));
  const step = stepFor(max);
  const top = step * Math.ceil(max / step);
  const y = (bytes: number): number => round(PLOT.top + PLOT.height * (1 - bytes / top));
  const places = placesOf(report);
  const last = report.snapshots.at(-1);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-labelledby="title description">`,
    `<title id="title">Stable memory by owner</title>`,
    `<desc id="description">${escaped(descriptionOf(report))}</desc>`,
    `<style>${STYLE}</style>`,
    `<rect class="paper" width="${WIDTH}" height="${HEIGHT}"/>`,
    `<text class="title" x="${PLOT.left}" y="30">Stable memory by owner${last === undefined ? '' : `: ${formatBytes(last.usage.bytes)}`}</text>`,
    ...linesAcross(step, top, y),
    ...areas(bands, places, y),
    ...timesBelow(report, places),
    ...legend(bands),
    '</svg>',
    '',
  ].join('\n');
}

function bandsOf({ owners, snapshots }: GrowthReport): readonly Band[] {
  const bands = owners
    .slice(0, owners.length === MAX_BANDS + 1 ? MAX_BANDS + 1 : MAX_BANDS)
    .map((owner, index): Band => ({ name: nameOfOwner(owner), colour: COLOURS[index] ?? OTHERS, bytes: owner.bytes }));
  const rest = owners.slice(bands.length);
  if (rest.length === 0) return bands;
  const bytes = snapshots.map((_, index) => rest.reduce((sum, owner) => sum + (owner.bytes[index] ?? 0), 0));
  return [...bands, { name: `${rest.length} others`, colour: OTHERS, bytes }];
}

/** Returns the horizontal places of the snapshots. One alone is drawn from the left to the right. */
function placesOf({ snapshots }: GrowthReport): readonly number[] {
  if (snapshots.length < 2) return [PLOT.left, PLOT.left + PLOT.width];
  const times = snapshots.map(({ takenAt }) => (takenAt === undefined ? Number.NaN : Date.parse(takenAt)));
  const [first = 0, end = 0] = [times[0], times.at(-1)];
  const areInOrder = end > first && times.every((time, index) => time >= (times[index - 1] ?? first));
  return snapshots.map((_, index) => {
    const part = areInOrder ? ((times[index] ?? first) - first) / (end - first) : index / (snapshots.length - 1);
    return round(PLOT.left + PLOT.width * part);
  });
}

/** Returns the largest power of two that has enough lines across the plot. */
function stepFor(max: number): number {
  return 2 ** Math.max(0, Math.floor(Math.log2(max / MIN_LINES)));
}

function linesAcross(step: number, top: number, y: (bytes: number) => number): readonly string[] {
  const lines: string[] = [];
  for (let bytes = 0; bytes <= top; bytes += step) {
    lines.push(
      `<line class="line" x1="${PLOT.left}" x2="${PLOT.left + PLOT.width}" y1="${y(bytes)}" y2="${y(bytes)}"/>`,
      `<text class="faint" x="${PLOT.left - 10}" y="${y(bytes) + 4}" text-anchor="end">${formatBytes(bytes)}</text>`,
    );
  }
  return lines;
}

function areas(bands: readonly Band[], places: readonly number[], y: (bytes: number) => number): readonly string[] {
  let below = places.map(() => 0);
  // The largest is at the bottom.
  return bands.map(({ name, colour, bytes }) => {
    const above = below.map((sum, index) => sum + (bytes[Math.min(index, bytes.length - 1)] ?? 0));
    const corners = [
      ...places.map((x, index) => `${x},${y(above[index] ?? 0)}`),
      ...places.map((x, index) => `${x},${y(below[index] ?? 0)}`).reverse(),
    ];
    below = above;
    return `<polygon class="band" fill="${colour}" points="${corners.join(' ')}"><title>${escaped(name)}</title></polygon>`;
  });
}

function timesBelow({ snapshots }: GrowthReport, places: readonly number[]): readonly string[] {
  const room = PLOT.width / MAX_TIMES;
  let next = Number.NEGATIVE_INFINITY;
  return snapshots.flatMap(({ title, takenAt }, index) => {
    const x = places[index] ?? PLOT.left;
    const isLast = index === snapshots.length - 1;
    const tick = `<line class="line" x1="${x}" x2="${x}" y1="${PLOT.top}" y2="${PLOT.top + PLOT.height + 5}"/>`;
    if (!isLast && (x < next || (places.at(-1) ?? 0) - x < room)) return [tick];
    next = x + room;
    const label = takenAt === undefined ? title : shortTime(takenAt).slice(0, 10);
    return [
      tick,
      `<text class="faint" x="${x}" y="${PLOT.top + PLOT.height + 22}" text-anchor="middle">${escaped(cut(label, 14))}</text>`,
    ];
  });
}

function legend(bands: readonly Band[]): readonly string[] {
  // In the order in which the bands are on top of each other.
  return bands.toReversed().flatMap(({ name, colour, bytes }, index) => {
    const y = PLOT.top + 8 + index * LEGEND.row;
    const growth = `${formatBytes(bytes[0] ?? 0)} → ${formatBytes(bytes.at(-1) ?? 0)}`;
    return [
      `<rect x="${LEGEND.left}" y="${y}" width="12" height="12" rx="2" fill="${colour}"/>`,
      `<text x="${LEGEND.left + 20}" y="${y + 11}">${escaped(cut(name, MAX_LABEL))}<title>${escaped(`${name}: ${growth}`)}</title></text>`,
    ];
  });
}

function descriptionOf(report: GrowthReport): string {
  const [first, last] = [report.snapshots[0], report.snapshots.at(-1)];
  if (first === undefined || last === undefined) return 'No snapshots.';
  const owners = report.owners
    .slice(0, MAX_BANDS)
    .map((owner) => `${nameOfOwner(owner)}: ${formatBytes(owner.bytes[0] ?? 0)}, then ${formatBytes(owner.bytes.at(-1) ?? 0)}`);
  return `From ${first.title}, ${formatBytes(first.usage.bytes)}, to ${last.title}, ${formatBytes(last.usage.bytes)}. ${owners.join('; ')}.`;
}

/** Escapes a text of unknown origin for SVG. */
function escaped(text: string): string {
  return visibleText(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

function round(pixels: number): number {
  return Math.round(10 * pixels) / 10;
}
