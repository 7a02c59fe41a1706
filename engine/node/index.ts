/** Opens snapshots and traces on disk. */

export { UserError } from '../core/user-error.ts';
export type { FileSourceOptions } from './file-source.ts';
export { FileSource } from './file-source.ts';
export type { SnapshotFile, SnapshotFileOptions, TraceFile } from './snapshot-file.ts';
export { openSnapshotFile, openTraceFile } from './snapshot-file.ts';
export type { UnpackOptions } from './unpack-options.ts';
