import { parseArgs } from 'node:util';
import { version } from '../../package.json';
import { type Arguments, type Command, UnusableInput } from './commands/command.ts';
import { COMMANDS } from './commands/commands.ts';
import { naturalNumber } from './numbers.ts';

/** The command line: the engine without an editor. Exit 0 fine, 1 a command's own bad news, 2 unusable input. */
async function main(words: readonly string[]): Promise<number> {
  const [name, ...rest] = words;
  if (name === undefined || name === '--help' || name === 'help') {
    process.stdout.write(help());
    return name === undefined ? 2 : 0;
  }
  if (name === '--version') {
    process.stdout.write(`${version}\n`);
    return 0;
  }
  const command = COMMANDS.find((one) => one.name === name);
  if (command === undefined) throw new UnusableInput(`There is no command "${name}". "stable-memory --help" lists them.`);
  const parsed = parseCommand(command, rest);
  if (parsed === undefined) {
    process.stdout.write(helpOf(command));
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
      options: { help: { type: 'boolean' }, json: { type: 'boolean' }, ...command.options },
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('. ')[0] : String(error);
    throw new UnusableInput(`${reason}. "stable-memory ${command.name} --help" tells what it takes.`);
  }
  if (parsed.values['help'] === true) return undefined;
  const needed = command.usage.split(' ').filter((word) => /^[A-Z]+$/.test(word) && isPositional(command, word)).length;
  if (parsed.positionals.length !== needed) throw new UnusableInput(`Usage: stable-memory ${command.name} ${command.usage}`);
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
    'Nothing is ever written to it.',
    '"stable-memory COMMAND --help" tells what a command takes.',
    '',
  ].join('\n');
}

function helpOf(command: Command): string {
  return `Usage: stable-memory ${command.name} ${command.usage}\n\n${command.about}\n${command.more === undefined ? '' : `${command.more}\n`}`;
}

async function run(): Promise<void> {
  try {
    process.exitCode = await main(process.argv.slice(2));
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    const ours =
      error instanceof UnusableInput ? words : `Something is wrong in stable-memory itself, please report it: ${words}`;
    process.stderr.write(`stable-memory: ${ours.split('\n')[0]}\n`);
    process.exitCode = 2;
  }
}

// A reader that has seen enough (head, less) closes the pipe: that is no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

// What was unpacked is removed on the way out.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));

void run();
