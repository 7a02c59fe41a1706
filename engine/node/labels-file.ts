import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { formatCounted } from '../core/format.ts';
import { type Labels, NO_LABELS, readLabels } from '../snapshot/labels.ts';
import { FileFault } from './file-error.ts';
import { readWhole } from './read-whole.ts';

const LABELS_FILE = 'stable-memory.json';
/** More is not read of labels: a hundred thousand codecs take some megabytes. */
const MAX_BYTES = 16 * 2 ** 20;

/** Mistakes in labels that are reported one by one. */
const MAX_PROBLEMS = 20;

export interface LabelsRead {
  /** Undefined where a named file is not there, or is not right. */
  readonly labels: Labels | undefined;
  /** Full sentences. */
  readonly problems: readonly string[];
}

/**
 * Reads the labels for a snapshot: those of the file that was named, else of the one in the snapshot's folder, else none. What is wrong
 * with one that happens to be there is only a remark; one that was named has to be there, and to be right.
 */
export function labelsFor(folder: string | undefined, named: string | undefined): LabelsRead {
  const file = named ?? (folder === undefined ? undefined : join(folder, LABELS_FILE));
  if (file === undefined || (named === undefined && !existsSync(file))) return { labels: NO_LABELS, problems: [] };
  try {
    const { labels, problems } = readLabels(new TextDecoder().decode(readWhole(file, MAX_BYTES)));
    const sentences = problems.slice(0, MAX_PROBLEMS).map((problem) => `In the labels of ${file}: ${problem}`);
    if (problems.length > MAX_PROBLEMS) sentences.push(`${formatCounted(problems.length - MAX_PROBLEMS, 'problem')} more.`);
    return { labels: named === undefined || problems.length === 0 ? labels : undefined, problems: sentences };
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
    const problem = `The labels could not be read. ${error.message}`;
    return { labels: named === undefined ? NO_LABELS : undefined, problems: [problem] };
  }
}
