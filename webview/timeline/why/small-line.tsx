/** A small line over the whole trace, beside a figure of a table. `top` is the figure at its upper edge. */
export function SmallLine({ figures, top }: { readonly figures: Float64Array; readonly top: number }) {
  const [width, height] = [60, 16];
  const points = Array.from(figures, (figure, index) => {
    const x = (index / Math.max(1, figures.length - 1)) * width;
    const y = height - 1 - (top <= 0 ? 0 : (figure / top) * (height - 2));
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  });
  return (
    <svg class="small-line" width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      <polyline points={points.join(' ')} />
    </svg>
  );
}
