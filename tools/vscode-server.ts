/**
 * A real VS Code from npm packages only, for `npm start` and for the tests.
 *
 * The package `code-server` contains VS Code's own server in `lib/vscode`. Only that part is used, without code-server's front
 * end and install script. The server listens on 127.0.0.1 only, and fetches nothing while it runs.
 */
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import { cache, must, npm, root, Unavailable } from './project.ts';

export interface Release {
  /** Version of the package `code-server`. */
  readonly server: string;
  /** Version of the Node that runs it. Undefined for the project's own Node. */
  readonly node: string | undefined;
}

/** VS Code 1.139.1, which needs Node 22.15 or newer. */
export const newest: Release = { server: '4.139.1', node: undefined };

/** VS Code 1.100.3, the oldest that `engines.vscode` allows, on the Node of its time. */
export const floor: Release = { server: '4.100.3', node: '20.20.2' };

/** An installed server. */
export interface Installation {
  readonly node: string;
  readonly script: string;
}

/** Installs a release into the cache folder, if it is not there yet. @throws Unavailable on Windows. */
export async function installServer(release: Release): Promise<Installation> {
  if (process.platform === 'win32') {
    throw new Unavailable(
      'On Windows, install VS Code with its "code" command on the PATH: https://code.visualstudio.com/download',
    );
  }
  const folder = join(cache, 'vscode-server', release.server);
  if (!existsSync(folder)) {
    console.log(`Installing a VS Code server (code-server ${release.server}) from npm packages, once …`);
    const partial = `${folder}.partial-${process.pid}`;
    try {
      mkdirSync(partial, { recursive: true });
      await download(release, partial);
      await buildNativeModules(release, partial);
      slim(join(partial, 'vscode'));
      // Another process may have been faster. Its installation is just as good.
      if (!existsSync(folder)) renameSync(partial, folder);
    } finally {
      rmSync(partial, { recursive: true, force: true });
    }
  }
  // The project's own Node keeps this copy of itself even if a later `npm install` prunes the package with its headers.
  const home = release.node === undefined ? join(root, 'node_modules', 'node') : nodeHome(release, folder);
  return { node: join(home, 'bin', 'node'), script: join(folder, 'vscode', 'out', 'server-main.js') };
}

/** Returns the folder with `bin/node` and, for native modules, `include/node`. */
function nodeHome(release: Release, folder: string): string {
  const repacked = `node-${process.platform === 'darwin' ? 'darwin' : 'linux'}-${process.arch}`;
  return join(release.node === undefined ? join(root, 'node_modules', 'node') : folder, 'node_modules', repacked);
}

async function download(release: Release, folder: string): Promise<void> {
  const quiet = { cwd: folder, quiet: true };
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  if (release.node !== undefined) {
    const { platform, arch } = process;
    await npm(['install', '--ignore-scripts', '--no-save', `node-${platform}-${arch}@${release.node}`], quiet);
  }
  await npm(['pack', `code-server@${release.server}`], quiet);
  const archive = `code-server-${release.server}.tgz`;
  await must('tar', ['-xzf', archive, '--strip-components=2', 'package/lib/vscode'], quiet);
  rmSync(join(folder, archive));

  const ci = ['ci', '--omit=dev', '--ignore-scripts'];
  // The server's lock file lacks a peer (tslib), which npm otherwise reports as an error.
  await npm([...ci, '--legacy-peer-deps'], { ...quiet, cwd: join(folder, 'vscode') });
  await npm(ci, { ...quiet, cwd: join(folder, 'vscode', 'extensions') });
}

/** Compiles logging and the watchdog if there is a compiler. Without them the server also runs, but logs errors. */
async function buildNativeModules(release: Release, folder: string): Promise<void> {
  const home = nodeHome(release, folder);
  const modules = join(folder, 'vscode', 'node_modules');
  const tools = ['g++', 'make', 'python3'].every((tool) => findOnPath(tool) !== undefined);
  if (tools && existsSync(join(home, 'include', 'node'))) {
    const watchdog = existsSync(join(modules, '@vscode', 'native-watchdog')) ? '@vscode/native-watchdog' : 'native-watchdog';
    const env = { npm_config_nodedir: home, PATH: [join(home, 'bin'), process.env['PATH'] ?? ''].join(delimiter) };
    await npm(['rebuild', '@vscode/spdlog', watchdog], { cwd: join(folder, 'vscode'), quiet: true, env }).catch(() => {
      console.log('The server runs without its native modules, which did not compile here.');
    });
  }
  // Before about 1.110, the search tool was downloaded at install time. The system's own works too.
  const search = findOnPath('rg');
  if (existsSync(join(modules, '@vscode', 'ripgrep')) && search !== undefined) {
    mkdirSync(join(modules, '@vscode', 'ripgrep', 'bin'), { recursive: true });
    symlinkSync(search, join(modules, '@vscode', 'ripgrep', 'bin', 'rg'));
  }
}

/** Removes what neither the tests nor the samples use. This reduces 573 MB to 223 MB. */
function slim(vscode: string): void {
  const remove = (...path: string[]): void => rmSync(join(vscode, ...path), { recursive: true, force: true });
  remove('node_modules', '@github');
  remove('node_modules', '@microsoft', 'mxc-sdk');
  remove('node_modules', '@vscode', 'spdlog', 'deps');
  remove('node_modules', '@vscode', 'spdlog', 'build', 'Release', 'obj.target');
  // github-authentication stays, because the workbench waits for it.
  for (const extension of ['copilot', 'mermaid-markdown-features', 'microsoft-authentication']) remove('extensions', extension);
  for (const binaries of [join('@vscode', 'ripgrep-universal', 'bin'), join('node-pty', 'prebuilds')]) {
    const folder = join(vscode, 'node_modules', binaries);
    if (!existsSync(folder)) continue;
    for (const name of readdirSync(folder))
      if (name !== `${process.platform}-${process.arch}`) rmSync(join(folder, name), { recursive: true });
  }
}

function findOnPath(name: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

export interface ServeOptions {
  /** Folder of the server's settings, extensions and logs. No other server may use it at the same time. */
  readonly state: string;
  /** An extension to install first. */
  readonly vsix?: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Home folder for processes in the server, instead of the user's. */
  readonly home?: string;
  /** Enables the test driver, so that a page's URL can name a test suite. It also hides notifications. */
  readonly driver?: boolean;
  /** Environment of the server, and so of the extension host. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface RunningServer {
  /** `http://127.0.0.1:PORT` */
  readonly address: string;
  readonly log: string;
  /** The user's settings file. A window reads it when it opens. */
  readonly settings: string;
  readonly initialSettings: Readonly<Record<string, unknown>>;
  /** Ends the server and its child processes. */
  readonly stop: () => void;
  /** Resolves when the server ends. */
  readonly ended: Promise<void>;
}

const quietSettings = JSON.parse(readFileSync(join(import.meta.dirname, 'vscode-settings.json'), 'utf8'));

/** Installs the extension into a server, starts the server on a free port, and waits until it responds. */
export async function serve({ node, script }: Installation, options: ServeOptions): Promise<RunningServer> {
  const data = join(options.state, 'data');
  const settings = join(data, 'data', 'User', 'settings.json');
  mkdirSync(dirname(settings), { recursive: true });
  const initialSettings = { ...quietSettings, ...options.settings };
  writeFileSync(settings, JSON.stringify(initialSettings, undefined, 2));

  const home = options.home === undefined ? {} : { HOME: options.home };
  if (options.home !== undefined) mkdirSync(options.home, { recursive: true });
  // Without a gallery the client does not query one when a file of an unknown type opens.
  const env = { ...options.env, ...home, EXTENSIONS_GALLERY: '{}' };
  const common = [script, '--accept-server-license-terms', '--server-data-dir', data];
  if (options.vsix !== undefined)
    await must(node, [...common, '--install-extension', options.vsix, '--force'], { quiet: true, env });

  const port = await freePort(18100);
  const log = join(options.state, 'server.log');
  const output = openSync(log, 'w');
  const flags = ['--without-connection-token', '--host', '127.0.0.1', '--port', String(port), '--reconnection-grace-time', '5'];
  const still = ['--disable-telemetry', '--telemetry-level', 'off', '--disable-experiments', '--disable-workspace-trust'];
  const driver = options.driver ? ['--enable-smoke-test-driver'] : [];
  // A separate process group, because extension hosts outlive the server unless the whole group ends.
  const child = spawn(node, [...common, ...flags, ...still, ...driver], {
    detached: true,
    stdio: ['ignore', output, output],
    env: { ...process.env, ...env },
  });
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  const stop = (): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
    } catch {
      // The group is gone already.
    }
  };
  process.on('exit', stop);
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)
    process.once(signal, () => process.exit(code));

  const address = `http://127.0.0.1:${port}`;
  await waitForServer(address, log, ended);
  return { address, log, settings, initialSettings, stop, ended };
}

async function waitForServer(address: string, log: string, ended: Promise<void>): Promise<void> {
  let alive = true;
  void ended.then(() => {
    alive = false;
  });
  for (let attempt = 0; attempt < 3000 && alive; attempt++) {
    const answer = await fetch(`${address}/version`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Unavailable(
    `The VS Code server did not start at ${address}. Its log is ${log}:\n${readFileSync(log, 'utf8').slice(-2000)}`,
  );
}

/** Returns the first port from `start` on which nothing listens. */
async function freePort(start: number): Promise<number> {
  for (let port = start; port < start + 200; port++) {
    const free = await new Promise<boolean>((resolve) => {
      const probe = createServer();
      probe.once('error', () => resolve(false));
      probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
    });
    if (free) return port;
  }
  throw new Unavailable(`No port from ${start} to ${start + 199} is free on 127.0.0.1.`);
}
