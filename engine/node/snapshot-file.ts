import type { Snapshot } from '../public/snapshot.ts';
import { snapshotOf } from '../public/snapshot-of-image.ts';
import type { Trace } from '../public/timeline.ts';
import { traceOf } from '../public/trace-of-recording.ts';
import { openSnapshot } from '../snapshot/open-snapshot.ts';
import { openImage } from './open-image.ts';
import { openTraceFile as openFile } from './open-trace.ts';
import type { UnpackOptions } from './unpack-options.ts';

/** A file or folder that cannot be used. The message says what happened, where, and what to do. */
export class UnusableFile extends Error {}

export interface SnapshotFileOptions extends UnpackOptions {
  /** A file of labels; without it, the `stable-memory.json` beside the snapshot. */
  readonly labels?: string | undefined;
}

export interface SnapshotFile {
  readonly snapshot: Snapshot;
  /** The paths of the files that it is read from. */
  readonly files: readonly string[];
  /** Returns a sentence where a file was written to after it was opened. */
  change(): string | undefined;
  /** Closes the files, and removes what was unpacked. */
  close(): void;
}

export interface TraceFile {
  readonly trace: Trace;
  /** Closes the file, and removes what was unpacked. */
  close(): void;
}

/**
 * Opens a snapshot: a folder as `dfx`, `icp`, Juno or a replica leave it, its file, or any raw file, packed or not. Nothing is
 * written to it.
 * @throws UnusableFile
 */
export async function openSnapshotFile(path: string, options: SnapshotFileOptions = {}): Promise<SnapshotFile> {
  const image = await openImage(path, options);
  if ('problem' in image) throw new UnusableFile(image.problem);
  return {
    snapshot: snapshotOf(openSnapshot(image)),
    files: image.files,
    change: () => image.change?.(),
    close: () => image.close(),
  };
}

/**
 * Opens a trace, ours or one of another tool, packed with gzip or not.
 * @throws UnusableFile
 */
export async function openTraceFile(path: string, options: UnpackOptions = {}): Promise<TraceFile> {
  const opened = await openFile(path, options);
  if (typeof opened === 'string') throw new UnusableFile(opened);
  return { trace: traceOf(opened.trace), close: () => opened.close() };
}
