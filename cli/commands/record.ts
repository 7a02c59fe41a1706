import { dirname, resolve } from 'node:path';
import { formatBytes, formatCount, formatCounted } from '../../engine/core/format.ts';
import { PAGE_SIZE } from '../../engine/core/memory/memory.ts';
import { UserError } from '../../engine/core/user-error.ts';
import { openTraceOutput } from '../../engine/node/output/trace-output.ts';
import type { ScriptCall } from '../../engine/recorder/script.ts';
import type { RecordedCallReport } from '../../engine/views/record.ts';
import { version } from '../../package.json';
import { openRecording, type RecordingListener } from '../../servers/recorder/run-script.ts';
import { readScript } from '../../servers/recorder/script-file.ts';
import { LIMIT_HELP, LIMIT_OPTIONS, limitsIn } from '../options/limit-options.ts';
import { openOptions, UNPACK_HELP, UNPACK_OPTIONS } from '../options/snapshot-options.ts';
import { print, printError, printJson } from '../output.ts';
import { ProgressLine } from '../progress-line.ts';
import type { Command } from './command.ts';

export const RECORD: Command = {
  name: 'record',
  about: "run a canister's module from a script of calls, and record what it does to stable memory",
  usage:
    'WASM --calls FILE -o TRACE [--force] [--snapshot S] [--end FOLDER] [--max-time SECONDS] [--max-memory SIZE] [--max-events N] [--unpack-limit SIZE] [--json]',
  more: `WASM is the canister's module, raw or compressed. FILE has one call a line, as JSON:
  {"call":"init","arg":"()"}
  {"call":"update","method":"add","arg":"(\\"a note\\")","caller":"2vxsx-fae","time":1767225600000000000}
call is init, update, query, composite-query, inspect, upgrade, timer or heartbeat. arg is Candid's text, argHex its bytes. An upgrade can name
another module with "wasm". "replies" are the responses of other canisters: [{"method":"fetch","replyHex":"4449444c0000"}]. Lines that begin with // are skipped.
TRACE is written as CBOR (.smtrace), or as JSON Lines if its name ends in .jsonl. --force replaces an existing file.
--snapshot S: the state to start from: a snapshot folder, a raw stable memory, or a trace. With main memory, module and metadata.json in the folder, the canister continues where it stopped.
--end FOLDER: writes a snapshot of the canister after the last call into a new folder, for --snapshot or rehearse.
${LIMIT_HELP}
The exit status is 0 if the whole script ran, whatever the calls' outcomes, and 1 if a limit ended it.
${UNPACK_HELP}`,
  options: {
    calls: { type: 'string' },
    output: { type: 'string', short: 'o' },
    force: { type: 'boolean' },
    snapshot: { type: 'string' },
    end: { type: 'string' },
    ...LIMIT_OPTIONS,
    ...UNPACK_OPTIONS,
  },
  async run(args) {
    const [wasm = ''] = args.positionals;
    const script = args.option('calls');
    const output = args.option('output');
    if (script === undefined) throw new UserError('input', 'Name the script of calls: --calls FILE.');
    if (output === undefined) throw new UserError('input', 'Say where to write the trace: -o TRACE.');
    const calls = readScript(script);
    const recording = await openRecording({
      wasm: resolve(wasm),
      calls,
      scriptFolder: dirname(resolve(script)),
      snapshot: args.option('snapshot'),
      end: args.option('end'),
      producer: `stable-memory ${version}`,
      limits: limitsIn(args),
      unpack: openOptions(args),
    });
    try {
      for (const remark of recording.remarks) printError(remark);
      const inputs = [script, ...recording.files];
      const file = openTraceOutput(output, { inputs, folder: recording.folder, force: args.flag('force') });
      try {
        const report = recording.run(
          file.writer,
          listener(calls.length, () => file.writer.finish()),
        );
        if (args.json) printJson(report);
        else {
          for (const [index, call] of report.calls.entries()) printCall(calls[index], call);
          print(
            `${output}: ${formatCounted(report.messages, 'message')}, ${formatCounted(report.steps, 'step')}, ${formatBytes(report.pages * PAGE_SIZE)} of stable memory`,
          );
        }
        if (report.stopped !== undefined) printError(report.stopped);
        return report.stopped === undefined ? 0 : 1;
      } finally {
        file.close();
      }
    } finally {
      recording.close();
    }
  },
};

/** Time between two updates of the file. Milliseconds. */
const INTERVAL = 200;

function listener(count: number, flush: () => void): RecordingListener {
  let nextFlush = performance.now() + INTERVAL;
  const line = new ProgressLine();
  return {
    progress: (calls, recorder) => {
      if (calls === count) line.clear();
      else
        line.show(
          () => `recording: call ${formatCount(calls + 1)} of ${formatCount(count)}, ${formatCounted(recorder.steps, 'step')}`,
        );
    },
    flush: () => {
      if (performance.now() < nextFlush) return;
      nextFlush = performance.now() + INTERVAL;
      flush();
    },
    // Signals end the whole program. What was recorded stays, because it is written at once.
    isCancelled: () => false,
  };
}

function printCall(
  call: ScriptCall | undefined,
  { call: kind, method, outcome, reply, replyHex, error, stack }: RecordedCallReport,
): void {
  const name = method === '' ? kind : `${kind} ${method}`;
  const what = error ?? reply ?? replyHex ?? '';
  print(`${call?.line ?? ''}`, name, outcome, what);
  for (const one of stack ?? []) print('', `  in ${one}`);
}
