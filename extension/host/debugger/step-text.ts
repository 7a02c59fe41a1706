/** Reads a step as people write it: `812`, `#812`, `1,234`, `start`, `end`. Returns undefined if the trace has no such step. */
export function readStep(text: string, steps: number): number | undefined {
  const word = text.trim().toLowerCase();
  if (word === 'start') return 0;
  if (word === 'end') return steps;
  if (!/^#?\d[\d,_]*$/.test(word)) return undefined;
  const step = Number(word.replaceAll(/[#,_]/g, ''));
  return step <= steps ? step : undefined;
}
