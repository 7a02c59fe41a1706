import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { formatCounted } from '../core/format.ts';
import { UserError } from '../core/user-error.ts';
import { type Labels, NO_LABELS, readLabels } from '../snapshot/labels.ts';
import { readWhole } from './read-whole.ts';

const LABELS_FILE = 'stable-memory.json';
/** Maximum size of a labels file, in bytes. A hundred thousand codecs take a few megabytes. */
const MAX_BYTES = 16 * 2 ** 20;

/** Maximum errors in labels that are reported one by one. */
const MAX_PROBLEMS = 20;

export interface LabelsRead {
  /** Undefined if the file was named by the user and is missing or invalid. */
  readonly labels: Labels | undefined;
  /** Full sentences. */
  readonly problems: readonly string[];
}

/**
 * Reads the labels for a snapshot from the file `named`, else from the one in the snapshot's folder, else none. Errors in the
 * snapshot's own file are only remarks. A named file must exist and be valid.
 */
export function labelsFor(folder: string | undefined, named: string | undefined): LabelsRead {
  const file = named ?? (folder === undefined ? undefined : join(folder, LABELS_FILE));
  if (file === undefined || (named === undefined && !existsSync(file))) return { labels: NO_LABELS, problems: [] };
  try {
    const { labels, problems } = readLabels(new TextDecoder().decode(readWhole(file, MAX_BYTES)));
    const sentences = problems.slice(0, MAX_PROBLEMS).map((problem) => `In the labels file ${file}: ${problem}`);
    if (problems.length > MAX_PROBLEMS) sentences.push(`${formatCounted(problems.length - MAX_PROBLEMS, 'problem')} more.`);
    return { labels: named === undefined || problems.length === 0 ? labels : undefined, problems: sentences };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const problem = `The labels could not be read. ${error.message}`;
    return { labels: named === undefined ? NO_LABELS : undefined, problems: [problem] };
  }
}
