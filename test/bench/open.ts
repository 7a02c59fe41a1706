/** From a snapshot on disk to the last root of the four trees: what a user waits for. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { interactiveBudget } from '../../engine/core/budget.ts';
import { openImage } from '../../engine/node/open-image.ts';
import { scanImage } from '../../engine/snapshot/full-scan.ts';
import { openSnapshot } from '../../engine/snapshot/open-snapshot.ts';
import type { Snapshot } from '../../engine/snapshot/snapshot.ts';
import type { ViewName } from '../../engine/views/protocol.ts';
import { summaryOf } from '../../engine/views/summary.ts';
import { treeRows } from '../../engine/views/tree/tree.ts';
import { imageBytes } from '../fixtures.ts';
import { printHead, printTime, time } from './table.ts';

const VIEWS: readonly ViewName[] = ['memories', 'buckets', 'freeLists', 'elements'];

export async function benchOpening(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const path = join(folder, 'stable_memory.bin');
  writeFileSync(path, imageBytes('openchat-like-b128'));
  console.log('\nA snapshot of a chat canister, on disk: median, minimum and maximum of 7 runs.\n');
  printHead('what', 'median', 'least', 'most');
  try {
    const open = async (): Promise<Snapshot> => {
      const image = await openImage(path);
      if ('problem' in image) throw new Error(image.problem);
      return openSnapshot(image);
    };
    printTime(
      'open 109 MB, to the last root of the four trees',
      await time(async () => {
        const snapshot = await open();
        summaryOf(snapshot);
        for (const view of VIEWS) treeRows(snapshot, view, undefined, interactiveBudget());
      }),
    );
    printTime(
      'open 109 MB and walk everything',
      await time(async () => {
        scanImage(await open());
      }),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
