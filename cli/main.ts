import { isMainThread } from 'node:worker_threads';
import { runCommandLine } from './command-line.ts';
import { supervise } from './supervisor.ts';

/**
 * The command line: the engine without an editor. A command runs in a worker, because its scans never yield. The main thread
 * handles signals and output, and cleans up at the end.
 */
if (isMainThread) supervise(new URL(import.meta.url), process.argv.slice(2));
else void runCommandLine(process.argv.slice(2));
