import type { FindingLine } from '../check.ts';

/** A finding and the file that people should look at. */
export interface LocatedFinding {
  readonly finding: FindingLine;
  /** Path with `/` between folders, relative to where the command runs if it is below that. */
  readonly file: string;
  /** Line of a text file, from 1 on; undefined for a place in an image. */
  readonly line: number | undefined;
}
