import { Budget, interactiveBudget } from '../../engine/core/budget.ts';
import type { Sliced } from '../../engine/core/slices.ts';
import { UserError } from '../../engine/core/user-error.ts';
import type { OutputOptions } from '../../engine/node/output/write-output.ts';
import type { PlacedStructure } from '../../engine/snapshot/placed.ts';
import type { Snapshot } from '../../engine/snapshot/snapshot.ts';
import { CODEC_CHOICES, codecOf } from '../../engine/values/codecs.ts';
import { DEFAULT_FAILURES, decodeAs, rolesOf, sampleOf, type Types } from '../../engine/views/decode/decode-report.ts';
import { decodeText } from '../../engine/views/decode/decode-text.ts';
import type { Calls, MemoryRef, WorkResult } from '../../engine/views/protocol.ts';
import { shapeOf } from '../../engine/views/shape/shape.ts';
import { shapeText } from '../../engine/views/shape/shape-text.ts';
import { titleOf } from '../../engine/views/tree/tree-words.ts';
import { exportToFile } from '../../servers/export/export-to-file.ts';
import { formatsOf, jobOf, planExport } from '../../servers/export/plan.ts';
import type { LongWork } from '../../servers/open-files/long-work.ts';

/** Time of one part of long work. Milliseconds. */
const MAX_TIME = 40;

type WorkCall =
  | 'memory/shape'
  | 'memory/type-choices'
  | 'memory/types-in-file'
  | 'memory/try-type'
  | 'memory/export-formats'
  | 'memory/export'
  | 'work/more'
  | 'work/stop';
type WorkHandlers = {
  readonly [Name in WorkCall]: (params: Calls[Name]['params']) => Calls[Name]['result'] | Promise<Calls[Name]['result']>;
};

export interface Memories {
  snapshot(memory: MemoryRef): Promise<Snapshot>;
  structure(memory: MemoryRef, part: string): Promise<readonly [Snapshot, PlacedStructure]>;
  /** Returns the files that a memory is read from, which no export may touch. */
  sources(memory: MemoryRef): Promise<Pick<OutputOptions, 'inputs' | 'folder'>>;
}

/** The handlers of long work on memories. `stopOn` gives up the work on a memory that is closed. */
export function workHandlers(
  { snapshot, structure, sources }: Memories,
  work: LongWork,
): WorkHandlers & { readonly stopOn: (memory: MemoryRef) => void } {
  return {
    'memory/shape': async ({ memory, part }) => {
      const [image, placed] = await structure(memory, part);
      return work.begin(keyOf(memory), shapePage(image, placed));
    },
    'memory/type-choices': async ({ memory, part }) => {
      const [image, placed] = await structure(memory, part);
      const own = [...image.codecs.values()].filter(({ name }) => codecOf(name) === undefined);
      const codecs = [...own, ...CODEC_CHOICES].map(({ name, description }) => ({ name, description }));
      return { roles: rolesOf(placed, interactiveBudget()) ?? [], codecs };
    },
    'memory/types-in-file': async ({ file }) => {
      const { typesIn } = await import('../../servers/types/load-type.ts');
      const names = typesIn(file);
      if ('problem' in names) throw new UserError('request', names.problem);
      return names;
    },
    'memory/try-type': async ({ memory, part, role, type: text }) => {
      const [image, placed] = await structure(memory, part);
      const { loadType } = await import('../../servers/types/load-type.ts');
      const codec = (name: string) => codecOf(name, image.codecs);
      const type = loadType(text, { codec, samples: () => sampleOf(placed, role, interactiveBudget()) });
      if ('problem' in type) throw new UserError('request', type.problem);
      return work.begin(keyOf(memory), typePage(image, placed, { [role]: type }));
    },
    'memory/export-formats': async ({ memory, part }) => formatsOf(await snapshot(memory), part),
    'memory/export': async ({ memory, part, format, file }) => {
      const image = await snapshot(memory);
      const job = await jobOf(image, planExport(image, part, format));
      // Whoever chose the file was asked whether it may be replaced.
      return work.begin(keyOf(memory), exportToFile(image, job, file, { ...(await sources(memory)), force: true }));
    },
    'work/more': ({ work: number }) => work.more(number, MAX_TIME),
    'work/stop': ({ work: number }) => {
      work.stop(number);
      return undefined;
    },
    stopOn: (memory) => work.stopOn(keyOf(memory)),
  };
}

function* shapePage(image: Snapshot, placed: PlacedStructure): Sliced<WorkResult> {
  const report = yield* shapeOf(image, placed, { sampling: interactiveBudget() }, new Budget());
  if (report === undefined) throw new UserError('request', `${placed.part} is not a tree whose nodes can be reached.`);
  return { text: `${image.title}: ${titleOf(placed)}\n\n${shapeText(report).join('\n')}\n`, problems: [] };
}

function* typePage(image: Snapshot, placed: PlacedStructure, types: Types): Sliced<WorkResult> {
  const report = yield* decodeAs(image, placed, types, DEFAULT_FAILURES, new Budget());
  return { text: `${image.title}: ${titleOf(placed)}\n\n${decodeText(report).join('\n')}\n`, problems: [] };
}

function keyOf(memory: MemoryRef): string {
  return memory.kind === 'snapshot' ? memory.path : `step ${memory.session}`;
}
