/**
 * A real VS Code from npm packages alone, for `npm start` and for the tests.
 *
 * The package `code-server` carries VS Code's own server in `lib/vscode`; that part is used, without code-server's front end and
 * without its install script. The server answers on 127.0.0.1 only, and fetches nothing while it runs.
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
  /** The version of the package `code-server`. */
  readonly server: string;
  /** The Node that runs it; undefined: the project's own. */
  readonly node: string | undefined;
}

/** VS Code 1.139.1, which needs Node 22.15 or newer. */
export const newest: Release = { server: '4.139.1', node: undefined };

/** VS Code 1.100.3, the oldest that `engines.vscode` admits, on the Node of its time. */
export const floor: Release = { server: '4.100.3', node: '20.20.2' };

/** An installed server. */
export interface Installation {
  readonly node: string;
  readonly script: string;
}

/** Installs a release into the cache folder, where it is not there yet. */
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
      // Another process may have been faster; its installation does as well.
      if (!existsSync(folder)) renameSync(partial, folder);
    } finally {
      rmSync(partial, { recursive: true, force: true });
    }
  }
  // The project's own Node keeps this copy of itself where a later `npm install` has pruned the package with its headers.
  const home = release.node === undefined ? join(root, 'node_modules', 'node') : nodeHome(release, folder);
  return { node: join(home, 'bin', 'node'), script: join(folder, 'vscode', 'out', 'server-main.js') };
}

/** The folder with `bin/node` and, for compiling against it, `include/node`. */
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
  // The server's own lock file lacks a peer (tslib), which npm otherwise takes for an error.
  await npm([...ci, '--legacy-peer-deps'], { ...quiet, cwd: join(folder, 'vscode') });
  await npm(ci, { ...quiet, cwd: join(folder, 'vscode', 'extensions') });
}

/** Logging and the watchdog are compiled where a compiler is there. Without them the server runs as well, but complains in its log. */
async function buildNativeModules(release: Release, folder: string): Promise<void> {
  const home = nodeHome(release, folder);
  const modules = join(folder, 'vscode', 'node_modules');
  const tools = ['g++', 'make', 'python3'].every((tool) => findOnPath(tool) !== undefined);
  if (tools && existsSync(join(home, 'include', 'node'))) {
    const watchdog = existsSync(join(modules, '@vscode', 'native-watchdog')) ? '@vscode/native-watchdog' : 'native-watchdog';
    const env = { npm_config_nodedir: home, PATH: [join(home, 'bin'), process.env['PATH'] ?? ''].join(delimiter) };
    await npm(['rebuild', '@vscode/spdlog', watchdog], { cwd: join(folder, 'vscode'), quiet: true, env }).catch(() => {
      console.log('The server goes without its native modules: they did not compile here.');
    });
  }
  // Before 1.110 or so the search tool was downloaded at install time; a system's own does as well.
  const search = findOnPath('rg');
  if (existsSync(join(modules, '@vscode', 'ripgrep')) && search !== undefined) {
    mkdirSync(join(modules, '@vscode', 'ripgrep', 'bin'), { recursive: true });
    symlinkSync(search, join(modules, '@vscode', 'ripgrep', 'bin', 'rg'));
  }
}

/** Drops what neither a test nor a look at the samples uses: 573 MB become 223. */
function slim(vscode: string): void {
  const remove = (...path: string[]): void => rmSync(join(vscode, ...path), { recursive: true, force: true });
  remove('node_modules', '@github');
  remove('node_modules', '@microsoft', 'mxc-sdk');
  remove('node_modules', '@vscode', 'spdlog', 'deps');
  remove('node_modules', '@vscode', 'spdlog', 'build', 'Release', 'obj.target');
  // github-authentication stays: without it the workbench waits for it in vain.
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
  /** Where the server keeps its settings, extensions and logs. Nobody else may use it at the same time. */
  readonly state: string;
  /** An extension to install first. */
  readonly vsix?: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Another home folder than the user's, for what runs inside. */
  readonly home?: string;
  /** What lets a page's address name a test suite. It also keeps notifications from showing. */
  readonly driver?: boolean;
  /** For the server, and so for the extension host. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface RunningServer {
  /** `http://127.0.0.1:PORT` */
  readonly address: string;
  readonly log: string;
  /** The user's settings file; a window reads it when it opens. */
  readonly settings: string;
  readonly initialSettings: Readonly<Record<string, unknown>>;
  /** Ends the server and what it started. */
  readonly stop: () => void;
  /** Resolves when the server ends by itself. */
  readonly ended: Promise<void>;
}

const quietSettings = JSON.parse(readFileSync(join(import.meta.dirname, 'vscode-settings.json'), 'utf8'));

/** Installs the extension into a server, starts it on a free port, and waits until it answers. */
export async function serve({ node, script }: Installation, options: ServeOptions): Promise<RunningServer> {
  const data = join(options.state, 'data');
  const settings = join(data, 'data', 'User', 'settings.json');
  mkdirSync(dirname(settings), { recursive: true });
  const initialSettings = { ...quietSettings, ...options.settings };
  writeFileSync(settings, JSON.stringify(initialSettings, undefined, 2));

  const home = options.home === undefined ? {} : { HOME: options.home };
  if (options.home !== undefined) mkdirSync(options.home, { recursive: true });
  // Without a gallery the client asks none when a file of an unknown type opens.
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
  // Its own process group: extension hosts outlive the server unless the whole group ends.
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
  await answering(address, log, ended);
  return { address, log, settings, initialSettings, stop, ended };
}

async function answering(address: string, log: string, ended: Promise<void>): Promise<void> {
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
    `The VS Code server did not come up at ${address}; its log is ${log}:\n${readFileSync(log, 'utf8').slice(-2000)}`,
  );
}

/** The first port from `start` up on which nothing listens. */
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
