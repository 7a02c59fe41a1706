import { statSync } from 'node:fs';
import { formatCount, formatCounted } from '../../engine/core/format.ts';
import type { ReadableMemory } from '../../engine/core/memory/memory.ts';
import { SourceMemory } from '../../engine/core/memory/source.ts';
import { UserError } from '../../engine/core/user-error.ts';
import { findAroundFile, findInFolder } from '../../engine/node/folders/find.ts';
import { missingParts } from '../../engine/node/folders/progress.ts';
import type { SnapshotFiles } from '../../engine/node/folders/snapshot-files.ts';
import { readSnapshotState } from '../../engine/node/folders/system-state.ts';
import { openImage } from '../../engine/node/open-image.ts';
import { openMemoryFiles } from '../../engine/node/open-source.ts';
import { openTraceFile } from '../../engine/node/open-trace.ts';
import type { UnpackOptions } from '../../engine/node/unpack-options.ts';
import type { PreparedModule } from '../../engine/recorder/prepared-module.ts';
import type { MainState } from '../../engine/recorder/recorder.ts';
import { Timeline } from '../../engine/trace/timeline.ts';
import { readModule } from './module-file.ts';

/** The state that a recording starts with. */
export interface StartState {
  readonly stable: ReadableMemory;
  /** The running canister, if the snapshot has its main memory, its globals and its module. */
  readonly main: MainState | undefined;
  /** The part that is missing for the canister to go on, as the beginning of a sentence. Undefined if nothing is. */
  readonly lacks: string | undefined;
  /** The files that it is read from, and their folder, which must not be written to. */
  readonly files: readonly string[];
  readonly folder: string | undefined;
  close(): void;
}

/**
 * Opens what a recording starts with: a snapshot folder with all that is in it, a raw stable memory, or the state after the last
 * step of a trace. @throws UserError if it cannot be read
 */
export async function openStart(path: string, options: UnpackOptions): Promise<StartState> {
  if (/\.smtrace(\.jsonl)?(\.gz)?$/.test(path)) return openTraceEnd(path, options);
  const image = await openImage(path, options);
  if ('problem' in image) throw new UserError('input', image.problem);
  if (image.missing.length > 0 || image.broken !== undefined) {
    image.close();
    throw new UserError('input', `${path} is not complete. ${image.remarks.join(' ')}`);
  }
  const { main, lacks, close } = await openMain(path, options).catch((error: unknown) => {
    image.close();
    throw error;
  });
  return {
    stable: image.memory,
    main,
    lacks,
    files: image.files,
    folder: image.folder,
    close: () => {
      image.close();
      close();
    },
  };
}

async function openTraceEnd(path: string, options: UnpackOptions): Promise<StartState> {
  const opened = await openTraceFile(path, options);
  if (typeof opened === 'string') throw new UserError('input', opened);
  const timeline = Timeline.open(opened.trace, {});
  timeline.seek(opened.trace.steps);
  const { memory } = timeline;
  if (!memory) {
    opened.close();
    throw new UserError('input', `${path} does not record a memory to continue from.`);
  }
  return {
    stable: memory,
    main: undefined,
    lacks: 'The trace has no main memory',
    files: [path],
    folder: undefined,
    close: () => opened.close(),
  };
}

interface OpenMain {
  readonly main: MainState | undefined;
  readonly lacks: string | undefined;
  close(): void;
}

const NOTHING: OpenMain = { main: undefined, lacks: undefined, close: () => undefined };

function without(what: string): OpenMain {
  return { ...NOTHING, lacks: `The snapshot has no ${what}` };
}

async function openMain(path: string, options: UnpackOptions): Promise<OpenMain> {
  const found = statSync(path).isDirectory() ? findInFolder(path) : findAroundFile(path);
  if ('problem' in found) return NOTHING;
  if (found.isAlone === true) return without('main memory');
  const { main: files, module: modulePath, folder } = found;
  if (!files) return without('main memory');
  if (modulePath === undefined) return without('module');
  const state = folder === undefined ? undefined : readSnapshotState(folder);
  if (!state) return without('list of globals in its metadata.json');
  const module = await readModule(modulePath);
  const globals = mutableGlobals(found, module, state.globals);
  const opened = await openMemoryFiles(files, options);
  if (typeof opened === 'string') throw new UserError('input', opened);
  const { source, problem } = opened;
  const isWhole = missingParts(source.size, found.metadata?.wasmMemorySize ?? source.size, found.progress?.main).length === 0;
  if (!isWhole || problem !== undefined) {
    opened.close();
    throw new UserError(
      'input',
      `The main memory of ${path} (${opened.files.join(', ')}) is not complete. ${problem ?? 'Resume the download with --resume.'}`,
    );
  }
  const memory = new SourceMemory(source);
  return {
    main: { module, memory, globals, system: { timer: state.timer, certifiedData: state.certifiedData } },
    lacks: undefined,
    close: () => opened.close(),
  };
}

/** Returns the values of the mutable globals, out of those of all that are mutable or exported. @throws UserError if they do not fit */
function mutableGlobals(
  { title }: SnapshotFiles,
  { info }: PreparedModule,
  values: readonly (number | bigint | undefined)[],
): readonly unknown[] {
  const listed = info.listedGlobals;
  if (values.length !== listed.length)
    throw new UserError(
      'input',
      `The metadata.json of ${title} has ${formatCounted(values.length, 'global')}, but the module has ${formatCount(listed.length)} that are mutable or exported. The two do not belong together.`,
    );
  return listed.flatMap(({ mutable }, index) => (mutable ? [values[index] ?? 0] : []));
}
