/**
 * The entry of `npm start` and `npm test`: `node tools/run.mjs SCRIPT [ARGUMENT…]`.
 *
 * Plain JavaScript, because it also runs on Node 20 in a fresh clone. It installs the packages if `node_modules` does not match
 * the lock file, then runs SCRIPT (TypeScript, not compiled) on the project's own Node.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const windows = process.platform === 'win32';
const node = join(root, 'node_modules', 'node', 'bin', windows ? 'node.exe' : 'node');

/** Returns true if a Node version runs TypeScript without a flag. Older versions only start the project's own Node. */
const runsTypeScript = (version) => {
  const [major, minor] = version.split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 18);
};

const packagesOf = (lockFile) => {
  const path = join(root, lockFile);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : undefined;
};

/** Returns true if `node_modules` matches the lock file. Compares versions, because a checkout changes file times. */
const isInstalled = () => {
  const wanted = packagesOf('package-lock.json');
  const present = packagesOf(join('node_modules', '.package-lock.json'));
  if (!present) return false;
  const complete = Object.entries(wanted).every(([path, { version, optional }]) =>
    path === '' ? true : path in present ? present[path].version === version : optional === true,
  );
  return complete && Object.keys(present).every((path) => path in wanted);
};

const install = () => {
  console.log('Installing the packages of package-lock.json (npm ci) …');
  const npm = process.env.npm_execpath;
  const options = { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, npm_config_loglevel: 'error' } };
  const { status } = npm?.endsWith('.js')
    ? spawnSync(process.execPath, [npm, 'ci'], options)
    : spawnSync('npm', ['ci'], { ...options, shell: windows });
  if (status !== 0)
    stop('npm ci failed. See its message above. The packages come from the npm registry, which must be reachable once.');
};

const stop = (message) => {
  console.error(message);
  process.exit(1);
};

if (!isInstalled()) install();

const [script, ...rest] = process.argv.slice(2);
if (script === undefined) stop('Usage: node tools/run.mjs SCRIPT [ARGUMENT…]');
const target = join(root, script);

if (runsTypeScript(process.versions.node)) {
  process.argv.splice(1, 2, target);
  await import(pathToFileURL(target).href);
} else if (existsSync(node)) {
  const child = spawn(node, [target, ...rest], { cwd: root, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  // npm passes a signal to its shell, but the shell does not pass it on.
  const parent = process.ppid;
  setInterval(() => process.ppid === parent || child.kill('SIGTERM'), 500).unref();
  child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 130)));
} else {
  stop(
    `The project's own Node is missing (${node}), and Node ${process.versions.node} is too old to replace it. ` +
      'Install scripts are probably disabled. Run "npm rebuild node --ignore-scripts=false".',
  );
}
