import { Writable } from 'node:stream';
import { openImage } from '../../engine/node/open-image.ts';
import { TraceDebugSession } from '../../servers/debug-adapter/session.ts';
import { Traces } from '../../servers/open-files/traces.ts';
import { openOptions, UNPACK_HELP, UNPACK_OPTIONS } from '../options/snapshot-options.ts';
import { writeAsIs } from '../output.ts';
import { DAP_NAME } from '../program.ts';
import type { Command } from './command.ts';

export const DAP: Command = {
  name: DAP_NAME,
  about: 'step through traces from an editor, which starts this as a debug adapter',
  usage: '[--unpack-limit SIZE]',
  more: `Speaks the Debug Adapter Protocol on standard input and output, until the editor disconnects or closes its end.
The launch arguments are "trace", "snapshot", "stopOnEntry", "step" and "watch", as in VS Code.
docs/debug-adapter.md has the configurations of Neovim, Helix and Zed.
${UNPACK_HELP}`,
  options: UNPACK_OPTIONS,
  run: (args) =>
    new Promise((resolve) => {
      const options = openOptions(args);
      const session = new TraceDebugSession({
        traces: new Traces(options),
        openImage: (path) => openImage(path, options),
        onEnd: () => {
          session.dispose();
          resolve(0);
        },
      });
      const output = new Writable({
        decodeStrings: false,
        write(text: string, _encoding, done) {
          writeAsIs(text);
          done();
        },
      });
      session.start(process.stdin, output);
    }),
};
