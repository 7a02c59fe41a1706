import { parseArgs } from 'node:util';
import { parentPort } from 'node:worker_threads';
import { UserError } from '../engine/core/user-error.ts';
import { listenToTemporary } from '../engine/node/output/temporary.ts';
import { version } from '../package.json';
import type { Arguments } from './commands/arguments.ts';
import type { Command } from './commands/command.ts';
import { COMMANDS } from './commands/commands.ts';
import { naturalNumber } from './numbers.ts';
import { COMMON_OPTIONS } from './options/common-options.ts';
import { flush, print } from './output.ts';
import type { ProgramMessage } from './program.ts';
import { statusOf } from './status.ts';

/**
 * Runs a command. Returns the exit status: 0 for success, 1 if the command reports a failure of its own, 2 for unusable input,
 * which is one line on standard error.
 */
export async function runCommand(words: readonly string[]): Promise<number> {
  const status = await statusOf(() => run(words));
  flush();
  return status;
}

async function run(words: readonly string[]): Promise<number> {
  const [name, ...rest] = words;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    printLines(help());
    return name === undefined ? 2 : 0;
  }
  if (name === '--version' || name === '-V') {
    print(version);
    return 0;
  }
  const command = COMMANDS.find((one) => one.name === name);
  if (command === undefined) throw new UserError('input', `There is no command "${name}". "stable-memory --help" lists them.`);
  const parsed = parseCommand(command, rest);
  if (parsed === undefined) {
    printLines(helpOf(command));
    return 0;
  }
  return command.run(parsed);
}

function parseCommand(command: Command, words: readonly string[]): Arguments | undefined {
  let parsed: ReturnType<typeof parseArgs>;
  try {
    parsed = parseArgs({
      args: [...words],
      allowPositionals: true,
      options: { ...COMMON_OPTIONS, ...command.options },
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('. ')[0] : String(error);
    throw new UserError('input', `${reason}. "stable-memory ${command.name} --help" lists its options.`);
  }
  if (parsed.values['help'] === true) return undefined;
  const needed = command.usage.split(' ').filter((word) => /^[A-Z]+…?$/.test(word) && isPositional(command, word));
  const most = needed.length + command.usage.split(' ').filter((word) => /^\[[A-Z]+\]$/.test(word)).length;
  const given = parsed.positionals.length;
  if (given < needed.length || (given > most && needed.at(-1)?.endsWith('…') !== true))
    throw new UserError('input', `Usage: stable-memory ${command.name} ${command.usage}`);
  const values = parsed.values;
  return {
    positionals: parsed.positionals,
    json: values['json'] === true,
    flag: (option) => values[option] === true,
    option: (option) => {
      const value = values[option];
      return typeof value === 'string' ? value : undefined;
    },
    number: (option) => {
      const value = values[option];
      return typeof value === 'string' ? naturalNumber(value, `--${option}`) : undefined;
    },
  };
}

/** Returns true for a word in capitals that is an argument itself, not the value of an option. */
function isPositional(command: Command, word: string): boolean {
  return !new RegExp(`-[-a-z]+ ${word}\\b`).test(command.usage) || new RegExp(`^${word}\\b`).test(command.usage);
}

function help(): string {
  const width = Math.max(...COMMANDS.map((command) => command.name.length));
  return [
    "stable-memory: shows what is in a canister's stable memory, how it got there, and what is wrong with it.",
    '',
    ...COMMANDS.map((command) => `  ${command.name.padEnd(width)}  ${command.about}`),
    '',
    "SNAPSHOT is a downloaded snapshot folder (also Juno's), a canister's folder in a replica's state, or a raw stable_memory.bin, also as .gz or .zst.",
    '"-" reads the snapshot from standard input. Snapshots are never written to.',
    '"stable-memory COMMAND --help" lists the options of a command. "stable-memory --version" prints the version.',
  ].join('\n');
}

function helpOf(command: Command): string {
  return `Usage: stable-memory ${command.name} ${command.usage}\n\n${command.about}${command.more === undefined ? '' : `\n${command.more}`}`;
}

function printLines(text: string): void {
  for (const line of text.split('\n')) print(line);
}

/** Runs the command line in the worker. Its exit status becomes the worker's. */
export async function runCommandLine(words: readonly string[]): Promise<void> {
  const post = (message: ProgramMessage): void => parentPort?.postMessage(message);
  listenToTemporary({
    made: (path) => post({ kind: 'temporary', path }),
    settled: (path) => post({ kind: 'settled', path }),
  });
  process.exitCode = await runCommand(words);
  // Unread standard input would keep the worker alive.
  process.exit();
}
