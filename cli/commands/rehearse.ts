import { resolve } from 'node:path';
import { UserError } from '../../engine/core/user-error.ts';
import { openTraceOutput } from '../../engine/node/output/trace-output.ts';
import { rehearsalLines } from '../../engine/views/rehearsal-text.ts';
import { version } from '../../package.json';
import { openRehearsal } from '../../servers/recorder/rehearse.ts';
import { LIMIT_HELP, LIMIT_OPTIONS, limitsIn } from '../options/limit-options.ts';
import { openOptions, UNPACK_HELP, UNPACK_OPTIONS } from '../options/snapshot-options.ts';
import { print, printJson } from '../output.ts';
import type { Command } from './command.ts';

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
        else {
          for (const line of rehearsalLines(report)) print(...line.split('\t'));
          if (path !== undefined) print(`Trace written to ${path}.`);
        }
        return report.succeeds ? 0 : 1;
      } finally {
        output?.close();
      }
    } finally {
      rehearsal.close();
    }
  },
};
