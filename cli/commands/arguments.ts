/** What a command was called with. */
export interface Arguments {
  readonly positionals: readonly string[];
  readonly json: boolean;
  option(name: string): string | undefined;
  number(name: string): number | undefined;
  flag(name: string): boolean;
}
