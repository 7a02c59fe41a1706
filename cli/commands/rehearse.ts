import { resolve } from 'node:path';
import { formatAddress, formatBytes, formatCount, formatCounted } from '../../engine/core/format.ts';
import { UserError } from '../../engine/core/user-error.ts';
import type { AccessReport, HookReport, RehearsalReport, StructureChange, VariableChange } from '../../engine/views/rehearsal.ts';
import { version } from '../../package.json';
import { openRehearsal } from '../../servers/recorder/rehearse.ts';
import { print, printJson } from '../output.ts';
import { openTraceOutput } from '../trace-output.ts';
import type { Command } from './command.ts';
import { LIMIT_HELP, LIMIT_OPTIONS, limitsIn } from './limit-options.ts';
import { openOptions, UNPACK_HELP, UNPACK_OPTIONS } from './snapshot-options.ts';

export const REHEARSE: Command = {
  name: 'rehearse',
  about: 'rehearse an upgrade on a snapshot: does it succeed, and what changes?',
  usage:
    'SNAPSHOT --wasm NEW [--arg CANDID] [--back] [-o TRACE [--force]] [--max-time SECONDS] [--max-memory SIZE] [--max-events N] [--unpack-limit SIZE] [--json]',
  more: `Runs pre_upgrade of the snapshot's own module and post_upgrade of the new one, in this process. The snapshot is never written to.
SNAPSHOT is a snapshot folder with wasm_memory.bin, wasm_module.bin and metadata.json. Without them only post_upgrade runs.
--arg CANDID: the argument of post_upgrade. --back: upgrades back to the old module afterwards. -o TRACE: writes a trace, to be stepped through.
The exit status is 1 if the upgrade fails.
${LIMIT_HELP}
${UNPACK_HELP}`,
  options: {
    wasm: { type: 'string' },
    arg: { type: 'string' },
    back: { type: 'boolean' },
    output: { type: 'string', short: 'o' },
    force: { type: 'boolean' },
    ...LIMIT_OPTIONS,
    ...UNPACK_OPTIONS,
  },
  async run(args) {
    const [snapshot = ''] = args.positionals;
    const wasm = args.option('wasm');
    if (wasm === undefined) throw new UserError('input', 'Name the module to upgrade to: --wasm NEW.wasm.');
    const rehearsal = await openRehearsal({
      snapshot,
      wasm: resolve(wasm),
      arg: args.option('arg') ?? '()',
      back: args.flag('back'),
      producer: `stable-memory ${version}`,
      limits: limitsIn(args),
      unpack: openOptions(args),
    });
    try {
      const path = args.option('output');
      const { files, folder } = rehearsal;
      const output = path === undefined ? undefined : openTraceOutput(path, { inputs: files, folder, force: args.flag('force') });
      try {
        const report = rehearsal.run(output?.writer, () => false);
        if (args.json) printJson(report);
        else printReport(report, path);
        return report.succeeds ? 0 : 1;
      } finally {
        output?.close();
      }
    } finally {
      rehearsal.close();
    }
  },
};

function printReport(
  { succeeds, isUpgraded, hooks, pagesBefore, pagesAfter, structures, variables, remarks }: RehearsalReport,
  trace: string | undefined,
): void {
  for (const remark of remarks) print(remark);
  for (const hook of hooks) printHook(hook);
  if (!isUpgraded) print('The upgrade fails and has no effect: the canister keeps its old module.');
  else {
    const pages =
      pagesBefore === pagesAfter
        ? formatCounted(pagesAfter, 'page')
        : `${formatCount(pagesBefore)} → ${formatCounted(pagesAfter, 'page')}`;
    const back = succeeds ? '' : ' The upgrade back to the old module fails: the canister keeps the new one.';
    print(`The upgrade succeeds.${back} Stable memory: ${pages}.`);
  }
  for (const change of structures) print(`  ${change.part}`, describeChange(change));
  for (const change of variables) printVariable(change);
  if (trace !== undefined) print(`Trace written to ${trace}.`);
}

function printHook({ hook, back, outcome, error, stack, lastAccess, accessBefore, ...counts }: HookReport): void {
  const { reads, bytesRead, writes, bytesWritten, pagesGrown } = counts;
  const grown = pagesGrown === 0 ? '' : `, ${formatCounted(pagesGrown, 'page')} added`;
  print(
    `${hook}${back ? ' (back to the old module)' : ''}`,
    outcome,
    `${formatCounted(reads, 'read')} (${formatBytes(bytesRead)}), ${formatCounted(writes, 'write')} (${formatBytes(bytesWritten)})${grown}`,
  );
  if (error !== undefined) print(`  ${error}`);
  for (const one of stack ?? []) print(`    in ${one}`);
  if (lastAccess !== undefined) print(`  Last access: ${describeAccess(lastAccess)}`);
  if (accessBefore !== undefined) print(`  Access before it: ${describeAccess(accessBefore)}`);
}

function describeAccess({ kind, address, length, owners }: AccessReport): string {
  const where = owners.length === 0 ? 'beyond the end of stable memory' : owners.join(' › ');
  return `${kind} ${formatAddress(address)} +${formatCount(length)}, ${where}`;
}

function printVariable({ name, before, after }: VariableChange): void {
  const side = (state: VariableChange['after'], missing: string): string =>
    state === undefined ? missing : [state.value, state.type && `: ${state.type}`].filter((part) => part !== undefined).join(' ');
  print(`  stable variable ${name}`, `${side(before, 'new')} → ${side(after, 'gone')}`);
}

function describeChange({ change, lengthBefore, lengthAfter }: StructureChange): string {
  const count = (length: string | undefined): string => (length === undefined ? '' : formatCount(BigInt(length)));
  if (change === 'changed') return `${count(lengthBefore)} → ${count(lengthAfter)} elements`;
  const length = lengthBefore ?? lengthAfter;
  return `${change}${length === undefined ? '' : `, ${count(length)} elements`}`;
}
