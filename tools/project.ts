/** Paths in the checkout, and helpers to run commands. */
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Folder of everything that the tools generate or install, apart from `node_modules` and `dist`. Ignored by git. May be deleted
 * at any time.
 */
export const cache = join(root, '.cache');

/** Error with a message for the user: what is missing, and what to do. It ends a tool without a stack trace. */
export class Unavailable extends Error {}

/** Returns the path of a command in `node_modules/.bin`. */
export const bin = (name: string): string =>
  join(root, 'node_modules', '.bin', process.platform === 'win32' ? `${name}.cmd` : name);

export interface RunOptions {
  readonly cwd?: string;
  /** Variables that are added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Show the output only if the command fails. */
  readonly quiet?: boolean;
}

/** Runs a command until it exits, and returns its exit code. Its standard input is closed. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const quiet = options.quiet ?? false;
    const child = spawn(command, [...args], {
      cwd: options.cwd ?? root,
      env: { ...process.env, PATH: searchPath(), ...options.env },
      stdio: ['ignore', quiet ? 'pipe' : 'inherit', quiet ? 'pipe' : 'inherit'],
      shell: command.endsWith('.cmd'),
    });
    const kept: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => kept.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => kept.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      if (quiet && code !== 0) process.stderr.write(Buffer.concat(kept));
      resolve(code ?? 1);
    });
  });
}

/** Runs a command like `run`. @throws Unavailable if it fails. */
export async function must(command: string, args: readonly string[], options: RunOptions = {}): Promise<void> {
  const code = await run(command, args, options);
  if (code !== 0) throw new Unavailable(`"${[command, ...args].join(' ')}" failed with exit code ${code}.`);
}

/** Runs npm: the one that started this process, if any. */
export function npm(args: readonly string[], options: RunOptions = {}): Promise<void> {
  const script = process.env['npm_execpath'];
  return script?.endsWith('.js')
    ? must(process.execPath, [script, ...args], options)
    : must(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, options);
}

/** Runs a tool's main function. An `Unavailable` becomes one line and exit code 1. */
export async function main(body: () => Promise<number>): Promise<void> {
  endWithParent();
  try {
    process.exitCode = await body();
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

/** Under npm, ends this process with its parent. npm passes a signal to its shell, but the shell does not pass it on. */
function endWithParent(): void {
  if (process.env['npm_lifecycle_event'] === undefined) return;
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, 'SIGTERM');
  }, 500).unref();
}

/** Returns the search path with the project's own Node first. */
function searchPath(): string {
  const separator = process.platform === 'win32' ? ';' : ':';
  return [join(root, 'node_modules', '.bin'), process.env['PATH'] ?? ''].join(separator);
}
