import { formatAddress, formatBytes, formatCount, formatCounted } from '../core/format.ts';
import type { AccessReport, HookReport, RehearsalReport, StructureChange, VariableChange } from './rehearsal.ts';

/** Returns the report of a rehearsal as lines of text, with tabs between columns. */
export function rehearsalLines({ hooks, structures, variables, remarks, ...report }: RehearsalReport): readonly string[] {
  return [
    ...remarks,
    ...hooks.flatMap(hookLines),
    rehearsalSummary(report),
    ...structures.map((change) => `  ${change.part}\t${describeChange(change)}`),
    ...variables.map(variableLine),
  ];
}

/** Returns whether the upgrade succeeds, in one or two sentences. */
export function rehearsalSummary({
  succeeds,
  isUpgraded,
  pagesBefore,
  pagesAfter,
}: Pick<RehearsalReport, 'succeeds' | 'isUpgraded' | 'pagesBefore' | 'pagesAfter'>): string {
  if (!isUpgraded) return 'The upgrade fails and has no effect: the canister keeps its old module.';
  const after = formatCounted(pagesAfter, 'page');
  const pages = pagesBefore === pagesAfter ? after : `${formatCount(pagesBefore)} → ${after}`;
  const back = succeeds ? '' : ' The upgrade back to the old module fails: the canister keeps the new one.';
  return `The upgrade succeeds.${back} Stable memory: ${pages}.`;
}

function hookLines({
  hook,
  back,
  outcome,
  error,
  stack = [],
  lastAccess,
  accessBefore,
  ...counts
}: HookReport): readonly string[] {
  const { reads, bytesRead, writes, bytesWritten, pagesGrown } = counts;
  const grown = pagesGrown === 0 ? '' : `, ${formatCounted(pagesGrown, 'page')} added`;
  const accesses = `${formatCounted(reads, 'read')} (${formatBytes(bytesRead)}), ${formatCounted(writes, 'write')} (${formatBytes(bytesWritten)})`;
  return [
    `${hook}${back ? ' (back to the old module)' : ''}\t${outcome}\t${accesses}${grown}`,
    ...(error === undefined ? [] : [`  ${error}`]),
    ...stack.map((name) => `    in ${name}`),
    ...(lastAccess ? [`  Last access: ${describeAccess(lastAccess)}`] : []),
    ...(accessBefore ? [`  Access before it: ${describeAccess(accessBefore)}`] : []),
  ];
}

function describeAccess({ kind, address, length, owners }: AccessReport): string {
  const where = owners.length === 0 ? 'beyond the end of stable memory' : owners.join(' › ');
  return `${kind} ${formatAddress(address)} +${formatCount(length)}, ${where}`;
}

function variableLine({ name, before, after }: VariableChange): string {
  return `  stable variable ${name}\t${describeSide(before, 'new')} → ${describeSide(after, 'gone')}`;
}

function describeSide(side: VariableChange['after'], missing: string): string {
  if (side === undefined) return missing;
  return [side.value, side.type && `: ${side.type}`].filter((part) => part !== undefined).join(' ');
}

function describeChange({ change, lengthBefore, lengthAfter }: StructureChange): string {
  const count = (length: string | undefined): string => (length === undefined ? '' : formatCount(BigInt(length)));
  if (change === 'changed') return `${count(lengthBefore)} → ${count(lengthAfter)} elements`;
  const length = lengthBefore ?? lengthAfter;
  return `${change}${length === undefined ? '' : `, ${count(length)} elements`}`;
}
