import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Labels, NO_LABELS, readLabels } from '../snapshot/labels.ts';
import { describeFileError } from './file-error.ts';

const LABELS_FILE = 'stable-memory.json';

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
export function labelsFor(folder: string, named: string | undefined): LabelsRead {
  const file = named ?? join(folder, LABELS_FILE);
  if (named === undefined && !existsSync(file)) return { labels: NO_LABELS, problems: [] };
  try {
    if (!statSync(file).isFile()) throw new Error('it is no file');
    const { labels, problems } = readLabels(readFileSync(file, 'utf8'));
    const sentences = problems.map((problem) => `In the labels of ${file}: ${problem}`);
    return { labels: named === undefined || problems.length === 0 ? labels : undefined, problems: sentences };
  } catch (error) {
    const problem = `The labels could not be read. ${describeFileError(file, error)}`;
    return { labels: named === undefined ? NO_LABELS : undefined, problems: [problem] };
  }
}
