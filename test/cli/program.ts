/** The command line as a separate program, bundled once for the tests of a file. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { TERMINAL } from '../../tools/terminal-bundle.ts';

export interface Finished {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Cost of a program that ran to its end. */
export interface Cost {
  /** Milliseconds of processor time, of all threads. */
  readonly processor: number;
  /** Peak of resident memory, in MiB. */
  readonly memory: number;
}

export class Program {
  /** Folder of its files and of the files of tests. */
  readonly folder: string;
  readonly #path: string;
  readonly #started: ChildProcess[] = [];

  private constructor(folder: string) {
    this.folder = folder;
    this.#path = join(folder, 'stable-memory.mjs');
  }

  static async build(name: string): Promise<Program> {
    const program = new Program(mkdtempSync(join(tmpdir(), `${name}-`)));
    const entry = join(import.meta.dirname, '../../cli/main.ts');
    await build({
      ...TERMINAL,
      external: [],
      entryPoints: [entry],
      bundle: true,
      outfile: program.#path,
      logLevel: 'error',
    });
    return program;
  }

  /** Writes a file and returns its path. */
  put(name: string, content: Uint8Array | string): string {
    const path = join(this.folder, name);
    writeFileSync(path, content);
    return path;
  }

  /** Runs a command until it exits. `environment` is added to this process's environment. */
  run(words: readonly string[], environment: NodeJS.ProcessEnv = {}): Finished {
    const { status, stdout, stderr } = spawnSync(process.execPath, [this.#path, ...words], {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      env: { ...process.env, ...environment },
    });
    return { status, stdout, stderr };
  }

  /** Runs a shell script in which `$PROGRAM` is the program. */
  shell(script: string, ...words: readonly string[]): Finished {
    const program = `"${process.execPath}" "${this.#path}"`;
    const filled = script.replaceAll('$PROGRAM', () => program);
    const { status, stdout, stderr } = spawnSync('bash', ['-c', filled, 'bash', ...words], {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    });
    return { status, stdout, stderr };
  }

  /** Runs a shell script like `shell`, and returns the cost of the program in it. */
  measured(script: string, ...words: readonly string[]): Finished & Cost {
    const file = join(this.folder, 'cost.json');
    const hook = this.put(
      'cost.mjs',
      `import { isMainThread } from 'node:worker_threads';
import { writeFileSync } from 'node:fs';
if (isMainThread) process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  writeFileSync(${JSON.stringify(file)}, JSON.stringify({ processor: (userCPUTime + systemCPUTime) / 1000, memory: maxRSS / 1024 }));
});`,
    );
    rmSync(file, { force: true });
    const finished = this.shell(script.replaceAll('$PROGRAM', `NODE_OPTIONS="--import file://${hook}" $PROGRAM`), ...words);
    return { ...finished, ...JSON.parse(readFileSync(file, 'utf8')) };
  }

  /** Starts a command that runs in parallel with the test. Only the test reads its output, and writes its input if it is a pipe. */
  start(words: readonly string[], environment: NodeJS.ProcessEnv = {}, input: 'ignore' | 'pipe' = 'ignore'): ChildProcess {
    const child = spawn(process.execPath, [this.#path, ...words], {
      stdio: [input, 'pipe', 'pipe'],
      env: { ...process.env, ...environment },
    });
    this.#started.push(child);
    return child;
  }

  /** Kills all processes that are still running, as after a failed test, and removes the files. */
  remove(): void {
    for (const child of this.#started) child.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }
}
