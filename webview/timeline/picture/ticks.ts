/** Returns round numbers of steps between `from` and `to`, at most `count` of them. */
export function stepTicks(from: number, to: number, count: number): readonly number[] {
  const rough = (to - from) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(Math.max(1, rough)));
  const distance = Math.max(1, [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= rough) ?? power);
  return multiples(from, to, distance);
}

/** Returns round addresses between `from` and `to`, at most `count` of them. They are multiples of a power of two. */
export function addressTicks(from: number, to: number, count: number): readonly number[] {
  const rough = (to - from) / Math.max(1, count);
  return multiples(from, to, 2 ** Math.max(0, Math.ceil(Math.log2(Math.max(1, rough)))));
}

function multiples(from: number, to: number, distance: number): readonly number[] {
  const ticks: number[] = [];
  for (let at = Math.ceil(from / distance) * distance; at <= to; at += distance) ticks.push(at);
  return ticks;
}
