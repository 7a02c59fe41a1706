import { lstatSync } from 'node:fs';
import { BytesSource } from '../../engine/core/memory/source.ts';
import { fileError } from '../../engine/node/file-error.ts';
import { FileSource } from '../../engine/node/file-source.ts';
import { readTrace } from '../../engine/trace/format/reader.ts';

/** Kind of what a new trace would replace: nothing, a trace that was recorded by this tool, or something else. */
export type TraceTarget = 'nothing' | 'recorded' | 'other';

/** A header is at most as long as this, in bytes. */
const MAX_HEADER = 4096;
/** The recorders for users' programs have names that begin with the same words, and no version after them. */
const RECORDED = /^stable-memory \d/;

/** Returns what is at a path where a trace is to be written. @throws UserError if it cannot be read */
export function traceTarget(path: string): TraceTarget {
  try {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return 'nothing';
    if (!stat.isFile()) return 'other';
    const file = new FileSource(path);
    try {
      const bytes = new Uint8Array(Math.min(MAX_HEADER, file.size));
      file.read(0, bytes);
      const [segment] = readTrace(new BytesSource(bytes)).segments;
      return segment && RECORDED.test(segment.header.producer) ? 'recorded' : 'other';
    } finally {
      file.close();
    }
  } catch (error) {
    throw fileError(path, error);
  }
}
