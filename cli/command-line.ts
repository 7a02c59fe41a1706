import { parseArgs } from 'node:util';
import { parentPort } from 'node:worker_threads';
import { listenToTemporary } from '../engine/node/temporary.ts';
import { version } from '../package.json';
import type { Arguments } from './commands/arguments.ts';
import type { Command } from './commands/command.ts';
import { COMMANDS } from './commands/commands.ts';
import { COMMON_OPTIONS } from './common-options.ts';
import { naturalNumber } from './numbers.ts';
import { flush, print } from './output.ts';
import type { ProgramMessage } from './program.ts';
import { statusOf } from './status.ts';
import { UnusableInput } from './unusable-input.ts';

/** Runs a command and returns the exit status: 0 fine, 1 a command's own bad news, 2 unusable input. */
async function main(words: readonly string[]): Promise<number> {
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
  if (command === undefined) throw new UnusableInput(`There is no command "${name}". "stable-memory --help" lists them.`);
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
    throw new UnusableInput(`${reason}. "stable-memory ${command.name} --help" tells what it takes.`);
  }
  if (parsed.values['help'] === true) return undefined;
  const needed = command.usage.split(' ').filter((word) => /^[A-Z]+…?$/.test(word) && isPositional(command, word));
  const given = parsed.positionals.length;
  if (given < needed.length || (given > needed.length && needed.at(-1)?.endsWith('…') !== true))
    throw new UnusableInput(`Usage: stable-memory ${command.name} ${command.usage}`);
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

/** Words in capitals that stand by themselves, not behind an option. */
function isPositional(command: Command, word: string): boolean {
  return !new RegExp(`-[-a-z]+ ${word}\\b`).test(command.usage) || new RegExp(`^${word}\\b`).test(command.usage);
}

function help(): string {
  const width = Math.max(...COMMANDS.map((command) => command.name.length));
  return [
    "stable-memory: what is in a canister's stable memory, how it got there, and what is wrong with it.",
    '',
    ...COMMANDS.map((command) => `  ${command.name.padEnd(width)}  ${command.about}`),
    '',
    "A SNAPSHOT is a downloaded snapshot folder, Juno's, a canister's in a replica's state, a raw stable_memory.bin, or a .gz or .zst of one.",
    '"-" is one that is written into the standard input. Nothing is ever written to a snapshot.',
    '"stable-memory COMMAND --help" tells what a command takes; "stable-memory --version", which release this is.',
  ].join('\n');
}

function helpOf(command: Command): string {
  return `Usage: stable-memory ${command.name} ${command.usage}\n\n${command.about}${command.more === undefined ? '' : `\n${command.more}`}`;
}

function printLines(text: string): void {
  for (const line of text.split('\n')) print(line);
}

/** Runs the command line in the worker; its exit status becomes the worker's. Whatever goes wrong is one line on the standard error. */
export async function runCommandLine(words: readonly string[]): Promise<void> {
  const post = (message: ProgramMessage): void => parentPort?.postMessage(message);
  listenToTemporary({
    made: (path) => post({ kind: 'temporary', path }),
    settled: (path) => post({ kind: 'settled', path }),
  });
  process.exitCode = await statusOf(() => main(words));
  flush();
  // A rest of the standard input that nobody reads would keep the worker alive.
  process.exit();
}
