import { capitalised, formatBytes, formatCount, formatCounted } from '../core/format.ts';
import { byteLength } from '../core/memory/memory.ts';
import { labelFor } from '../snapshot/labels.ts';
import type { Space } from '../snapshot/space.ts';
import { compareTypes } from './compare-types.ts';
import type { ComparedSpace, ReportField } from './compared-space.ts';
import { contentOf } from './content.ts';
import type { LockedSpace } from './lock.ts';
import { describeContent, nameInLock, type ReportBreak } from './report-break.ts';
import { samplingBudget } from './samples.ts';

export function compareSpace(compared: ComparedSpace, report: ReportBreak): void {
  const { snapshot, part, locked, now } = compared;
  const name = nameInLock(snapshot, part, locked.name);
  const reportField: ReportField = (code, field, message, wasted) =>
    report({ code, part, path: ['spaces', part, field], message, ...(wasted === undefined ? {} : { wasted }) });
  if (locked.state === 'retired') {
    compareRetired(compared, name, reportField);
    return;
  }
  if (isOther(locked, now)) {
    const message = `${capitalised(name)} holds ${describeContent(now)}; in the lock it holds ${describeContent(locked)}.`;
    reportField('lock.structure', 'structure', message);
    return;
  }
  const labelled = labelFor(snapshot.labels, part)?.structure;
  if (labelled !== undefined && locked.structure !== undefined && locked.holds !== false && labelled !== locked.structure) {
    const message = `The labels say that ${name} holds ${describeContent({ structure: labelled })}; in the lock it holds ${describeContent(locked)}.`;
    reportField('lock.structure', 'structure', message);
    return;
  }
  const emptied = emptiedText(compared);
  if (emptied !== undefined) reportField('lock.emptied', 'holds', `${capitalised(name)} ${emptied}`);
  compareBounds(compared, name, reportField);
  // An empty structure has no types; why it is empty was reported.
  if (now.holds !== false) compareTypes(compared, name, reportField);
  if (locked.state !== 'deprecated') return;
  if (locked.digest === undefined)
    reportField('lock.no-digest', 'digest', `${capitalised(name)} is deprecated, but the lock has no digest of it.`);
  else if (locked.digest !== now.digest)
    reportField(
      'lock.deprecated',
      'digest',
      `${capitalised(name)} is deprecated, but its content has changed since the lock was written.`,
    );
}

const MAPS = ['btreemap', 'btreeset'];

/** Returns whether a space holds something else than in the lock. What was empty may have become anything. */
function isOther(locked: LockedSpace, now: LockedSpace): boolean {
  const { structure } = locked;
  if (structure === undefined || (structure === now.structure && locked.role === now.role && locked.of === now.of)) return false;
  if (INFERRED.has(structure)) return now.structure !== undefined && CREATED.has(now.structure);
  // An empty map and an empty set look the same.
  const isEither = MAPS.includes(structure) && now.structure !== undefined && MAPS.includes(now.structure);
  return !(isEither && (locked.holds === false || now.holds === false));
}

/** Content that is inferred from its bytes: it may be recognised as something else when there are more of them. */
const INFERRED = new Set(['unknown', 'upgrade-dump', 'value-log', 'indexed-log', 'records', 'ring']);
/** Structures with a header of their own, which a library writes when it creates them. */
const CREATED = new Set([
  ...['btreemap', 'btreeset', 'vec', 'minheap', 'cell', 'log'],
  ...['memory-buffer', 'memory-btree', 'memory-queue'],
]);

/** Returns how a structure shows that it was emptied or created again since the lock was written. */
function emptiedText({ locked, now, snapshot, space }: ComparedSpace): string | undefined {
  if (locked.holds !== true) return undefined;
  const content = contentOf(snapshot, space);
  const placed = content.kind === 'structure' ? content.placed : undefined;
  const isNewOver = now.cleared === true && locked.cleared !== true;
  if (now.holds !== false && !isNewOver) return undefined;
  const left = placed?.structure.recoverable?.count(samplingBudget()) ?? 0;
  const rest = left > 0 ? ` ${capitalised(formatCounted(left, 'entry', 'entries'))} from before can still be read.` : '';
  return now.holds === false
    ? `held elements when the lock was written, and is empty now.${rest}`
    : `was emptied or created again since the lock was written: chunks from before are after those in use.${rest}`;
}

const SIZES = [
  ['pageSize', 'The page of a node'],
  ['maxKeySize', 'The maximum size of a key'],
  ['maxValueSize', 'The maximum size of a value'],
] as const;

function compareBounds({ locked, now }: ComparedSpace, name: string, report: ReportField): void {
  if (locked.version !== undefined && now.version !== undefined && now.version < locked.version)
    report('lock.version', 'version', `The layout version of ${name} is ${now.version}; in the lock it is ${locked.version}.`);
  // What was empty may have been created again with other bounds.
  if (locked.holds === false) return;
  for (const [field, what] of SIZES) {
    const [before, after] = [locked[field], now[field]];
    if (before !== undefined && after !== undefined && after < before)
      report('lock.bound', field, `${what} in ${name} is ${bytesText(after)}; in the lock it is ${bytesText(before)}.`);
  }
  if (now.holds !== false && differ(locked.fixedKeySize, now.fixedKeySize)) {
    const [before, after] = [locked.fixedKeySize, now.fixedKeySize].map(keySizeText);
    report('lock.bound', 'fixedKeySize', `The keys of ${name} have ${after}; in the lock they have ${before}.`);
  }
  if (differ(locked.fixedValueSize, now.fixedValueSize)) {
    const [before, after] = [locked.fixedValueSize, now.fixedValueSize].map((fixed) => (fixed ? 'one size' : 'different sizes'));
    report('lock.bound', 'fixedValueSize', `The items of ${name} have ${after}; in the lock they have ${before}.`);
  }
}

function differ<Value>(before: Value | undefined, after: Value | undefined): boolean {
  return before !== undefined && after !== undefined && before !== after;
}

function keySizeText(size: number | undefined): string {
  return size === undefined || size === 0 ? 'different sizes' : `${bytesText(size)} each`;
}

function bytesText(size: number): string {
  return formatCounted(size, 'byte');
}

/** Reports a retired space that holds something, and the bytes that an empty one takes. */
function compareRetired({ snapshot, space, locked, now }: ComparedSpace, name: string, report: ReportField): void {
  const content = contentOf(snapshot, space);
  const isEmpty = content.kind === 'nothing' || now.holds === false;
  if (!isEmpty) {
    const isReused = isOther(locked, now);
    const what = `${capitalised(name)} is retired, but ${isReused ? 'now' : 'still'} holds ${describeContent(now)}.`;
    report(isReused ? 'lock.reused' : 'lock.retired', 'state', what);
    return;
  }
  const bytes = space.pieces.reduce((sum, { extent }) => sum + extent.length, 0) || byteLength(space.memory);
  const where = space.pieces.length === 0 ? '' : ` in ${formatCount(space.pieces.length)} ${piecesName(space)}`;
  report(
    'lock.retired-space',
    'state',
    `${capitalised(name)} is retired and empty, and takes ${formatBytes(bytes)}${where}.`,
    bytes,
  );
}

function piecesName({ kind, pieces }: Space): string {
  const noun = kind === 'region' ? 'block' : 'bucket';
  return pieces.length === 1 ? noun : `${noun}s`;
}
