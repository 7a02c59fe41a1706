import { UserError } from '../core/user-error.ts';
import type { Snapshot } from '../public/snapshot.ts';
import { snapshotOf } from '../public/snapshot-of-image.ts';
import type { Trace } from '../public/timeline.ts';
import { traceOf } from '../public/trace-of-recording.ts';
import { openSnapshot } from '../snapshot/open-snapshot.ts';
import { openImage } from './open-image.ts';
import { openTraceFile as openFile } from './open-trace.ts';
import type { UnpackOptions } from './unpack-options.ts';

export interface SnapshotFileOptions extends UnpackOptions {
  /** Path of a labels file. The default is `stable-memory.json` next to the snapshot. */
  readonly labels?: string | undefined;
}

export interface SnapshotFile {
  readonly snapshot: Snapshot;
  /** Paths of the files that the snapshot is read from. */
  readonly files: readonly string[];
  /** Returns a sentence if one of the files was written to since it was opened. */
  change(): string | undefined;
  /** Closes the files, and removes temporary unpacked files. */
  close(): void;
}

export interface TraceFile {
  readonly trace: Trace;
  /** Closes the file, and removes a temporary unpacked file. */
  close(): void;
}

/**
 * Opens a snapshot: a folder that `dfx`, `icp`, Juno or a replica wrote, its file, or any raw file, compressed or not. Never
 * writes to it.
 * @throws UserError
 */
export async function openSnapshotFile(path: string, options: SnapshotFileOptions = {}): Promise<SnapshotFile> {
  const image = await openImage(path, options);
  if ('problem' in image) throw new UserError('file', image.problem);
  return {
    snapshot: snapshotOf(openSnapshot(image)),
    files: image.files,
    change: () => image.change?.(),
    close: () => image.close(),
  };
}

/**
 * Opens a trace in the project's format or another tool's, compressed with gzip or not.
 * @throws UserError
 */
export async function openTraceFile(path: string, options: UnpackOptions = {}): Promise<TraceFile> {
  const opened = await openFile(path, options);
  if (typeof opened === 'string') throw new UserError('file', opened);
  return { trace: traceOf(opened.trace), close: () => opened.close() };
}
