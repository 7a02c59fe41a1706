import { formatBytes, formatCounted } from '../../core/format.ts';
import { type BucketUse, fewBucketsLeft, muchSlack, slackSentence, suggestedSize } from '../../rust/memory-manager/bucket-use.ts';
import { ManagerView } from '../../rust/memory-manager/inspect.ts';
import { BUCKET_PAGES_AT, COUNT_AT } from '../../rust/memory-manager/layout.ts';
import { type PlacedManager, partOfManager } from '../layout/managers.ts';
import type { PlacedFinding } from '../placed.ts';
import type { ReportFinding } from './report-finding.ts';

/**
 * Returns the use of a manager's buckets. Returns undefined where its tables contradict themselves, and for the linked manager,
 * which has other limits.
 *
 * @param known findings, with those about the tables
 */
export function bucketUseOf(manager: PlacedManager, known: readonly PlacedFinding[]): BucketUse | undefined {
  const { view } = manager;
  const part = partOfManager(manager);
  const isDamaged = known.some((finding) => finding.part === part && finding.severity !== 'information');
  if (isDamaged || !(view instanceof ManagerView) || view.bucketPages === 0) return undefined;
  const { bucketPages, allocatedBuckets, memories } = view;
  return { bucketPages, allocatedBuckets, memoryPages: memories.map(({ pages }) => pages).filter((pages) => pages > 0) };
}

/** Reports a manager's buckets of which much is unused, and a manager that runs out of buckets. */
export function checkBuckets(manager: PlacedManager, known: readonly PlacedFinding[], report: ReportFinding): void {
  const use = bucketUseOf(manager, known);
  if (use === undefined) return;
  const { memory } = manager;
  const part = partOfManager(manager);
  const few = fewBucketsLeft(use);
  if (few !== undefined) {
    const code = few.areTooFew ? 'mm.no-buckets-left' : 'mm.few-buckets-left';
    report(code, part, memory, { start: COUNT_AT, length: 2 }, few.sentence);
  }
  const slack = muchSlack(use);
  const sentence = slackSentence(use);
  if (slack === undefined || sentence === undefined) return;
  const size = suggestedSize(use);
  const other =
    size === undefined
      ? ''
      : ` In buckets of ${formatCounted(size.pages, 'page')} they would take ${formatBytes(size.bytes)}, with room for up to ${formatBytes(size.ceiling)}.`;
  report('mm.bucket-slack', part, memory, { start: BUCKET_PAGES_AT, length: 2 }, `${sentence}${other}`, slack);
}
