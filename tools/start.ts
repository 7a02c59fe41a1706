/**
 * Shows the extension on the sample workspace: `npm start`.
 *
 * Opens VS Code if its `code` command exists, otherwise a browser with a VS Code server in this folder (always with `npm start --
 * --server`). `npm start -- --prepare` builds and makes the workspace, and opens nothing.
 */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { cache, main, must, root, run } from './project.ts';
import { prepareSamples } from './samples.ts';
import { installServer, newest, serve } from './vscode-server.ts';
import { packageExtension, vsix } from './vsix.ts';

const workspace = join(cache, 'samples');

/** Returns the path of VS Code's command, if it can open a development window. In the terminal of a remote window it cannot. */
function editor(): string | undefined {
  if (process.argv.includes('--server') || process.env['VSCODE_IPC_HOOK_CLI'] !== undefined) return undefined;
  const name = process.platform === 'win32' ? 'code.cmd' : 'code';
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

async function openInBrowser(): Promise<number> {
  await packageExtension();
  const installation = await installServer(newest);
  const server = await serve(installation, {
    state: join(cache, 'start'),
    vsix,
    settings: { 'workbench.startupEditor': 'readme' },
  });
  console.log(
    `\nStable Memory Debugger is running. Open this address in a browser:\n\n  ${server.address}/?folder=${encodeURIComponent(workspace)}\n`,
  );
  console.log('Press Ctrl-C to stop it.');
  await server.ended;
  return 0;
}

await main(async () => {
  process.chdir(root);
  await must(process.execPath, ['tools/build.ts']);
  await prepareSamples(workspace);
  if (process.argv.includes('--prepare')) return 0;
  const code = editor();
  if (code === undefined) return openInBrowser();
  console.log('Opening VS Code on the sample workspace …');
  // The workspace's settings show its README as a preview, whose links open the samples.
  return run(code, ['--new-window', `--extensionDevelopmentPath=${root}`, workspace, join(workspace, 'README.md')]);
});
