/** Prints the engine's figures: `npm run bench`. Nothing is judged: machines differ, ratios within one run do not. */
import { cpus } from 'node:os';
import { benchBTree } from './btree.ts';
import { benchOpening } from './open.ts';
import { benchTraces } from './traces.ts';

console.log(
  `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}; median (least to most) of 7 runs\n`,
);
await benchOpening();
await benchTraces();
await benchBTree();
