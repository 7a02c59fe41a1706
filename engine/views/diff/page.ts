/** Messages between the page that compares two snapshots and the extension host, in addition to the calls in `calls.ts`. */
import type { ByteRange } from '../../core/memory/memory.ts';
import type { ComparisonSummary, DiffCalls } from './calls.ts';

/** Calls that the page may make. */
export const DIFF_PAGE_CALLS = ['diff/map', 'diff/entries', 'diff/entry'] as const satisfies readonly (keyof DiffCalls)[];

export type DiffPageCall = (typeof DIFF_PAGE_CALLS)[number];

export type SideName = 'before' | 'after';

/** A side as the page saves it, so that it can be opened again: the URI of a snapshot, or a step of a trace. */
export type SideSource =
  | { readonly kind: 'snapshot'; readonly uri: string }
  | { readonly kind: 'step'; readonly trace: string; readonly step: number; readonly snapshot?: string | undefined };

export interface ComparisonSource {
  readonly before: SideSource;
  readonly after: SideSource;
}

/** Paths of two folders of snapshots. */
export interface FolderSource {
  readonly before: string;
  readonly after: string;
}

/** The snapshots of one name in two folders. */
export interface PairRow {
  readonly name: string;
  readonly state: 'waiting' | 'comparing' | 'same' | 'different' | 'added' | 'removed' | 'failed';
  /** The most important differences in a sentence or two, or why they could not be compared. */
  readonly text: string;
}

/** The place of a side. */
export interface SidePlace {
  /** Its path in the workspace, or its trace and step. */
  readonly name: string;
  /** True if its bytes can be shown in an editor. */
  readonly hasEditor: boolean;
}

/** A message that the host sends to the page without a call. */
export type DiffNotification =
  /** The comparison goes on. */
  | { readonly notification: 'progress'; readonly text: string; readonly part: number | undefined }
  | {
      readonly notification: 'comparison';
      readonly version: number;
      readonly source: ComparisonSource;
      readonly summary: ComparisonSummary;
      readonly places: Readonly<Record<SideName, SidePlace>>;
    }
  /** Shows the snapshots in two folders, as far as they are compared. */
  | {
      readonly notification: 'pairs';
      readonly version: number;
      readonly folders: FolderSource;
      /** Names of the folders. */
      readonly before: string;
      readonly after: string;
      readonly pairs: readonly PairRow[];
    }
  /** The user goes to the next difference, or the one before. */
  | { readonly notification: 'go'; readonly by: 1 | -1 }
  /** A file has changed since it was read: a full sentence. */
  | { readonly notification: 'stale'; readonly text: string }
  /** There is nothing to show: a full sentence. */
  | { readonly notification: 'problem'; readonly text: string };

/** A message that the page sends to the host without a call. */
export type DiffHostNotification =
  | { readonly notification: 'ready'; readonly version: number }
  /** The user stops the comparison. */
  | { readonly notification: 'stop' }
  /** The user wants to compare again what is on disk now. */
  | { readonly notification: 'again' }
  /** The user wants to see what differs between two snapshots of one name in the folders. */
  | { readonly notification: 'open'; readonly name: string }
  /** The user exchanges before and after. */
  | { readonly notification: 'swap' }
  /** The user wants to see bytes in the editor of a side. */
  | { readonly notification: 'bytes'; readonly side: SideName; readonly at: ByteRange };
