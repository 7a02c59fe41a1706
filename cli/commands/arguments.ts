/** The parsed arguments of a command. */
export interface Arguments {
  readonly positionals: readonly string[];
  readonly json: boolean;
  option(name: string): string | undefined;
  number(name: string): number | undefined;
  flag(name: string): boolean;
}
