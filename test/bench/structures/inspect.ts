/** Inspects a snapshot: `inspect.ts inspect|list PATH ENTRIES`. Prints milliseconds, a tab, and the maximum bytes of the heap. */

import { Budget } from '../../../engine/core/budget.ts';
import { readStored } from '../../../engine/core/structure.ts';
import { openImage } from '../../../engine/node/open-image.ts';
import { scanImage } from '../../../engine/snapshot/full-scan.ts';
import { openSnapshot } from '../../../engine/snapshot/open-snapshot.ts';
import type { Snapshot } from '../../../engine/snapshot/snapshot.ts';

/** Steps of a walk between two measurements of the heap. */
const LOOK_EVERY = 4096;
const BATCH = 1000;

/** A budget without limits that measures the heap on the way. */
class Watch extends Budget {
  highest = 0;
  #untilLook = 0;

  override spend(bytes?: number): boolean {
    if (this.#untilLook-- <= 0) {
      this.#untilLook = LOOK_EVERY;
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      this.highest = Math.max(this.highest, heapUsed + arrayBuffers);
    }
    return super.spend(bytes);
  }
}

/** Reads every key and value. Returns the number of entries. */
function list(snapshot: Snapshot, budget: Budget): number {
  const structure = snapshot.structures[0]?.structure;
  for (let from = 0; ; ) {
    const elements = structure?.elements(from, BATCH, budget) ?? [];
    for (const { key, value } of elements) {
      if (key) readStored(key);
      if (value) readStored(value);
    }
    if (elements.length === 0) return from;
    from += elements.length;
  }
}

function inspect(snapshot: Snapshot, budget: Budget): number {
  const { findings, structures } = scanImage(snapshot, budget);
  return findings.length === 0 ? Number(structures[0]?.placed.structure.length) : 0;
}

const [, , work, path = '', entries] = process.argv;
const budget = new Watch();
const start = performance.now();
const image = await openImage(path);
if ('problem' in image) throw new Error(image.problem);
const snapshot = openSnapshot(image);
const seen = work === 'list' ? list(snapshot, budget) : inspect(snapshot, budget);
const milliseconds = performance.now() - start;
if (seen !== Number(entries)) throw new Error(`There are ${entries} entries, but ${seen} were found.`);
console.log(`${milliseconds}\t${budget.highest}`);
