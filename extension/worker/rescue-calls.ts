import { Budget } from '../../engine/core/budget.ts';
import { formatCount, formatCounted } from '../../engine/core/format.ts';
import type { Sliced } from '../../engine/core/slices.ts';
import { UserError } from '../../engine/core/user-error.ts';
import type { OpenImage } from '../../engine/node/open-image.ts';
import { writeSnapshotFolder } from '../../engine/node/output/snapshot-folder/write-snapshot-folder.ts';
import { writePieces } from '../../engine/node/output/write-output.ts';
import { sourcesIn } from '../../engine/recover/find-recovered.ts';
import { assertSameFindings } from '../../engine/repair/outcome.ts';
import { type Repaired, repairImage } from '../../engine/repair/repair.ts';
import type { MemoryRef, WorkResult } from '../../engine/views/protocol.ts';
import { repairReport } from '../../engine/views/repair/repair-report.ts';
import { repairText } from '../../engine/views/repair/repair-text.ts';
import type { RescueCalls } from '../../engine/views/rescue/calls.ts';
import { RecoverySearch } from '../../engine/views/rescue/recover-lines.ts';
import { recoverColumns, recoverText } from '../../engine/views/rescue/recover-text.ts';
import { recoveredPieces } from '../../servers/export/recovered.ts';
import type { LongWork } from '../../servers/open-files/long-work.ts';
import type { OpenSnapshot, Snapshots } from '../../servers/open-files/snapshots.ts';

type RescueHandlers = {
  readonly [Name in keyof RescueCalls]: (params: RescueCalls[Name]['params']) => Promise<RescueCalls[Name]['result']>;
};

/** Entries that are listed. All of them can be written to a file. */
const LISTED = 1_000;

/** Returns the handlers of repairs and recovery. The last repair of each snapshot is kept until the snapshot is closed. */
export function rescueHandlers(snapshots: Snapshots, work: LongWork): RescueHandlers {
  const repairs = new WeakMap<OpenImage, Repaired>();
  const repairedOf = async (memory: MemoryRef): Promise<OpenSnapshot & { readonly repaired: Repaired }> => {
    const open = await snapshots.opened(pathOf(memory));
    const repaired = repairs.get(open.image);
    if (repaired === undefined) throw new UserError('request', 'This snapshot was closed or has changed. Try the repair again.');
    return { ...open, repaired };
  };
  return {
    'rescue/repair': async ({ memory }) => {
      const open = await snapshots.opened(pathOf(memory));
      return work.begin(
        pathOf(memory),
        repair(open, (repaired) => repairs.set(open.image, repaired)),
      );
    },
    'rescue/repaired': async ({ memory }) => {
      const { repaired } = await repairedOf(memory);
      return { repairs: repaired.made.length, errors: repairReport(repaired).after.errors };
    },
    'rescue/write-repaired': async ({ memory, folder }) => {
      const { image, source, repaired } = await repairedOf(memory);
      const check = (written: OpenImage): void => assertSameFindings(repaired.after, source, written);
      const pause = () => new Promise<void>((resolve) => setImmediate(resolve));
      return writeSnapshotFolder(folder, image, repaired.after.state, { check, pause });
    },
    'rescue/recover': async ({ memory }) => {
      const open = await snapshots.opened(pathOf(memory));
      return work.begin(pathOf(memory), recover(open));
    },
    'rescue/write-recovered': async ({ memory, file, format }) => {
      const open = await snapshots.opened(pathOf(memory));
      return work.begin(pathOf(memory), writeRecovered(open, file, format));
    },
  };
}

/** Returns the path of a snapshot. @throws UserError for a step of a trace */
function pathOf(memory: MemoryRef): string {
  if (memory.kind === 'snapshot') return memory.path;
  throw new UserError('request', 'The memory at a step of a trace cannot be repaired. Open a snapshot.');
}

function* repair({ source, snapshot }: OpenSnapshot, keep: (repaired: Repaired) => void): Sliced<WorkResult> {
  const repaired = yield* repairImage(source);
  keep(repaired);
  const lines = [
    `Repair of a copy of ${snapshot.title}. The snapshot itself is as it was.`,
    '',
    ...repairText(repairReport(repaired)),
  ];
  return { text: `${lines.join('\n')}\n`, problems: [] };
}

function searchIn({ snapshot }: OpenSnapshot): RecoverySearch {
  return new RecoverySearch(snapshot, sourcesIn(snapshot, undefined, undefined), new Budget());
}

function* recover(open: OpenSnapshot): Sliced<WorkResult> {
  const search = searchIn(open);
  const listed: string[] = [];
  for (const line of search.lines()) {
    yield;
    if (line !== undefined && listed.length < LISTED) listed.push(recoverColumns(line).join('  '));
  }
  const rest = search.entries - listed.length;
  const lines = [
    `What can be recovered from ${open.snapshot.title}`,
    '',
    ...recoverText(search.report()),
    ...(listed.length > 0 ? ['', ...listed] : []),
    ...(rest > 0 ? [`… and ${formatCount(rest)} more, which a file has.`] : []),
  ];
  return { text: `${lines.join('\n')}\n`, problems: [], found: search.entries };
}

function* writeRecovered(open: OpenSnapshot, file: string, format: 'jsonl' | 'csv'): Sliced<WorkResult> {
  const search = searchIn(open);
  const { files: inputs, folder } = open.image;
  // Whoever chose the file was asked whether it may be replaced.
  for (const _ of writePieces(file, { inputs, folder, force: true }, recoveredPieces(search.lines(), format))) yield;
  return { text: `${file} was written: ${formatCounted(search.entries, 'entry', 'entries')}.`, problems: [] };
}
