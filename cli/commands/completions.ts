import { UserError } from '../../engine/core/user-error.ts';
import { COMMON_OPTIONS } from '../options/common-options.ts';
import { print } from '../output.ts';
import type { Command } from './command.ts';

/** Returns the command that prints a shell script that completes `others` and itself. */
export function completionsOf(others: readonly Command[]): Command {
  const command: Command = {
    name: 'completions',
    about: 'print a script that completes commands and options in your shell',
    usage: 'SHELL',
    more: `SHELL is ${Object.keys(SHELLS).join(', ')}. To use it in every new shell:
  bash: stable-memory completions bash >> ~/.bashrc
  zsh:  stable-memory completions zsh > FOLDER/_stable_memory, where FOLDER is in $fpath
  fish: stable-memory completions fish > ~/.config/fish/completions/stable-memory.fish`,
    run({ positionals: [shell = ''] }) {
      const script = SHELLS[shell];
      if (script === undefined)
        throw new UserError('input', `"${shell}" is not a supported shell. Use ${Object.keys(SHELLS).join(', ')}.`);
      for (const line of script([...others, command])) print(line);
      return 0;
    },
  };
  return command;
}

const SHELLS: Readonly<Record<string, (commands: readonly Command[]) => readonly string[]>> = { bash, zsh, fish };

interface Option {
  readonly name: string;
  /** The letter of the short form, if any. */
  readonly short: string | undefined;
  readonly takesValue: boolean;
}

function optionsOf(command: Command): readonly Option[] {
  const options: NonNullable<Command['options']> = { ...COMMON_OPTIONS, ...command.options };
  return Object.entries(options).map(([name, { type, short }]) => ({ name, short, takesValue: type === 'string' }));
}

function namesOf(commands: readonly Command[]): string {
  return [...commands.map(({ name }) => name), '--help', '--version'].join(' ');
}

/** Returns the words to complete for the first argument. Empty if the argument is a file. */
function wordsOf({ name }: Command): string {
  return name === 'completions' ? Object.keys(SHELLS).join(' ') : '';
}

function bash(commands: readonly Command[]): readonly string[] {
  return [
    '_stable_memory() {',
    `  local current=\${COMP_WORDS[COMP_CWORD]} options= words=`,
    '  if [[ $COMP_CWORD -eq 1 ]]; then',
    `    words='${namesOf(commands)}'`,
    '  else',
    `    case \${COMP_WORDS[1]} in`,
    ...commands.map((command) => {
      const options = optionsOf(command).map(({ name }) => `--${name}`);
      return `      ${command.name}) options='${options.join(' ')}' words='${wordsOf(command)}' ;;`;
    }),
    '    esac',
    '    [[ $current == -* ]] && words=$options',
    '  fi',
    '  COMPREPLY=($(compgen -W "$words" -- "$current"))',
    '}',
    'complete -o default -F _stable_memory stable-memory',
  ];
}

function zsh(commands: readonly Command[]): readonly string[] {
  return [
    '#compdef stable-memory',
    '_stable_memory() {',
    '  local -a commands',
    '  commands=(',
    ...commands.map(({ name, about }) => `    ${quoted(`${name}:${about.replaceAll(':', '\\:')}`)}`),
    '  )',
    '  if (( CURRENT == 2 )); then',
    "    _describe 'command' commands",
    '    return',
    '  fi',
    '  shift words',
    '  (( CURRENT-- ))',
    '  case $words[1] in',
    ...commands.map((command) => {
      const options = optionsOf(command).map(({ name, takesValue }) => quoted(`--${name}${takesValue ? `:${name}:_files` : ''}`));
      const words = wordsOf(command);
      return `    ${command.name}) _arguments ${options.join(' ')} ${quoted(words === '' ? '*:file:_files' : `1:shell:(${words})`)} ;;`;
    }),
    '  esac',
    '}',
    // zsh runs the file as the body of a function if it autoloads it, and as a script if it is sourced.
    'if [[ $funcstack[1] == _stable_memory ]]; then _stable_memory "$@"; else compdef _stable_memory stable-memory; fi',
  ];
}

function fish(commands: readonly Command[]): readonly string[] {
  const start = 'complete -c stable-memory';
  return [
    `${start} -n __fish_use_subcommand -f`,
    ...commands.map(({ name, about }) => `${start} -n __fish_use_subcommand -f -a ${name} -d ${quoted(about)}`),
    ...commands.flatMap((command) => {
      const here = `${start} -n '__fish_seen_subcommand_from ${command.name}'`;
      const words = wordsOf(command);
      return [
        ...(words === '' ? [] : [`${here} -f -a '${words}'`]),
        ...optionsOf(command).map(
          ({ name, short, takesValue }) =>
            `${here}${short === undefined ? '' : ` -s ${short}`} -l ${name}${takesValue ? ' -r' : ''}`,
        ),
      ];
    }),
  ];
}

/** Returns a word in single quotes, escaped so that all three shells read it. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
