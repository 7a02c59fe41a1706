/** Divides the width of a cell among its parts. */

/**
 * Divides `total` units among parts in proportion to their sizes. Every part has at least one unit, so that nothing in a cell is
 * hidden. If there are more parts than units, the smallest have none. The units add up to `total`.
 */
export function unitsFor(sizes: readonly number[], total: number): readonly number[] {
  const shown = new Set([...sizes.keys()].sort((a, b) => (sizes[b] ?? 0) - (sizes[a] ?? 0)).slice(0, total));
  const sum = [...shown].reduce((all, index) => all + (sizes[index] ?? 0), 0);
  const ideal = sizes.map((size, index) => (shown.has(index) && sum > 0 ? (size / sum) * total : 0));
  const units = ideal.map((each, index) => (shown.has(index) ? Math.max(1, Math.floor(each)) : 0));
  let rest = total - units.reduce((all, each) => all + each, 0);
  while (rest !== 0 && shown.size > 0) {
    const step = Math.sign(rest);
    // Adds to the part that has the fewest units for its size, or takes from the one with the most.
    let chosen = -1;
    for (const index of shown) {
      if (step < 0 && (units[index] ?? 0) <= 1) continue;
      const gain = step * ((ideal[index] ?? 0) - (units[index] ?? 0));
      if (chosen < 0 || gain > step * ((ideal[chosen] ?? 0) - (units[chosen] ?? 0))) chosen = index;
    }
    if (chosen < 0) break;
    units[chosen] = (units[chosen] ?? 0) + step;
    rest -= step;
  }
  return units;
}
