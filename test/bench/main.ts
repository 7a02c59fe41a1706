/**
 * Prints the engine's figures, in Markdown: `npm run bench`, or some parts of them: `npm run bench -- rust`. Nothing is judged: machines
 * differ, ratios within one run do not.
 */
import { cpus, release, totalmem, type } from 'node:os';
import { formatBytes } from '../../engine/core/format.ts';
import { main, Unavailable } from '../../tools/project.ts';
import { benchDiff } from './diff.ts';
import { benchMotoko } from './motoko/compare.ts';
import { benchFreeStores } from './motoko/free-stores.ts';
import { benchOpening } from './open.ts';
import { benchRecorder } from './recorder/compare.ts';
import { benchStructures } from './structures/compare.ts';
import { benchInspection } from './structures/inspection.ts';
import { benchTables } from './tables.ts';
import { benchTimeTravel } from './time-travel/compare.ts';
import { benchTraces } from './traces.ts';

const PARTS = new Map<string, () => Promise<void>>([
  ['snapshot', benchOpening],
  ['tables', benchTables],
  ['diff', benchDiff],
  ['trace', benchTraces],
  ['time-travel', benchTimeTravel],
  ['rust', benchStructures],
  ['inspection', benchInspection],
  ['motoko', benchMotoko],
  ['free-stores', benchFreeStores],
  ['recorder', benchRecorder],
]);

await main(async () => {
  const chosen = process.argv.slice(2);
  const unknown = chosen.find((name) => !PARTS.has(name));
  if (unknown !== undefined)
    throw new Unavailable(`The benchmark has no part "${unknown}". The parts are: ${[...PARTS.keys()].join(', ')}.`);
  const processor = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}`;
  console.log(`${processor}, ${formatBytes(totalmem())}; ${type()} ${release()}; Node ${process.version}.`);
  for (const [name, bench] of PARTS) if (chosen.length === 0 || chosen.includes(name)) await bench();
  return 0;
});
