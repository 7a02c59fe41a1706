import type { Sliced } from '../../engine/core/slices.ts';
import { type OutputOptions, writePieces } from '../../engine/node/output/write-output.ts';
import type { Snapshot } from '../../engine/snapshot/snapshot.ts';
import type { WorkResult } from '../../engine/views/protocol.ts';
import type { Job } from './job.ts';
import { problemsOf } from './plan.ts';

/** Writes an export to a file, atomically. The result says what was written. @throws UserError if it cannot be written */
export function* exportToFile(snapshot: Snapshot, job: Job, file: string, options: OutputOptions): Sliced<WorkResult> {
  for (const _ of writePieces(file, options, job.pieces())) yield job.progress().part;
  const guesses = job.guesses();
  const sentences = [
    `${file} was written: ${job.result()}.`,
    ...(guesses.length === 0 ? [] : [`The encodings are guesses: ${guesses.join(', ')}. “Decode As…” chooses others.`]),
  ];
  return { text: sentences.join(' '), problems: problemsOf(snapshot, job) };
}
