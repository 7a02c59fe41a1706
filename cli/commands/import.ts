import { UserError } from '../../engine/core/user-error.ts';
import { openTraceSource } from '../../engine/node/open-trace.ts';
import { writeOutput } from '../../engine/node/output/write-output.ts';
import { CborTraceWriter, JsonLinesTraceWriter } from '../../engine/trace/format/writer.ts';
import { importTrace } from '../../engine/trace/import/import.ts';
import { openOptions, UNPACK_HELP, UNPACK_OPTIONS } from '../options/snapshot-options.ts';
import { print, printError } from '../output.ts';
import type { Command } from './command.ts';

export const IMPORT: Command = {
  name: 'import',
  about: 'convert a trace of another format: mr-trace/1, icss-memtrace/1, icss-trace/1, canister logs (text or JSON)',
  usage: 'FILE -o TRACE [--force] [--unpack-limit SIZE]',
  more: `TRACE is written as CBOR (.smtrace), or as JSON Lines if its name ends in .jsonl.
--force replaces an existing file.
${UNPACK_HELP}`,
  options: { output: { type: 'string', short: 'o' }, force: { type: 'boolean' }, ...UNPACK_OPTIONS },
  async run(args) {
    const [path = ''] = args.positionals;
    const output = args.option('output');
    if (output === undefined) throw new UserError('input', 'Say where to write the trace: -o TRACE.');
    const opened = await openTraceSource(path, openOptions(args));
    if (typeof opened === 'string') throw new UserError('input', opened);
    try {
      const imported = importTrace(opened.source);
      if (imported === undefined) {
        throw new UserError(
          'input',
          `${path} cannot be imported: it is not mr-trace/1, icss-memtrace/1, icss-trace/1 or canister logs.`,
        );
      }
      writeOutput(output, { inputs: [path], force: args.flag('force') }, (sink) => {
        const writer = output.endsWith('.jsonl') ? new JsonLinesTraceWriter(sink) : new CborTraceWriter(sink);
        writer.header(imported.header);
        for (const event of imported.events) writer.event(event);
        writer.finish();
      });
      const problems = [...opened.remarks, ...imported.findings.map(({ message }) => message)];
      for (const problem of problems) printError(problem);
      print(`${output} was written.`);
      return problems.length > 0 ? 1 : 0;
    } finally {
      opened.close();
    }
  },
};
