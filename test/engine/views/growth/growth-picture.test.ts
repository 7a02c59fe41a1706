/** The picture of growth: its bands add up to the memory, and its labels are inside. */
import { fc, test as law } from '@fast-check/vitest';
import { expect } from 'vitest';
import { growthPicture } from '../../../../engine/views/growth/growth-picture.ts';
import { type GrowthState, growthReport } from '../../../../engine/views/growth/growth-report.ts';

function stateOf(bytes: readonly number[], index: number): GrowthState {
  const sum = bytes.reduce((all, each) => all + each, 0);
  return {
    title: `snapshot ${index}`,
    takenAt: new Date(86_400_000 * (index + 1)).toISOString(),
    usage: { bytes: sum, live: sum, metadata: 0, free: 0, slack: 0, leaked: 0, unmanaged: 0, unknown: 0, cyclesPerYear: '0' },
    owners: new Map(bytes.map((each, id) => [`memory/${id}`, { part: `memory/${id}`, bytes: each, live: each }])),
  };
}

const sizes = fc.nat({ max: 500 }).map((gib) => gib * 2 ** 30);

law.prop([fc.array(fc.array(sizes, { maxLength: 20 }), { minLength: 1, maxLength: 12 })], { numRuns: 100 })(
  'bands are on top of each other, and in the plot',
  (states) => {
    const report = growthReport(states.map(stateOf));
    const picture = growthPicture(report);
    const bands = [...picture.matchAll(/points="([^"]*)"/g)].map(([, points = '']) =>
      points.split(' ').map((point) => point.split(',').map(Number)),
    );
    for (const [index, band] of bands.entries()) {
      const half = band.length / 2;
      for (const [x = 0, y = 0] of band) expect(x >= 88 && x <= 668 && y >= 56 && y <= 412).toBe(true);
      const before = bands[index - 1]?.slice(0, half);
      if (before !== undefined) expect(band.slice(half).reverse()).toEqual(before);
    }
    expect(picture).not.toMatch(/NaN|undefined|Infinity/);
    expect(report.owners.length <= 9 ? bands.length : 9).toBe(bands.length);
  },
);
