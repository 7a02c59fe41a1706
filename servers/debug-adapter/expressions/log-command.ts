/** The console command `log {size} at {address} if size > 4096`, which writes a message at every step where a condition holds. */
export interface LogCommand {
  /** Undefined for the log points that are set. */
  readonly message?: string | undefined;
  readonly condition?: string | undefined;
}

/** Reads the command, or returns undefined if the text is another one. A condition follows the last “ if ” outside of braces. */
export function parseLogCommand(text: string): LogCommand | undefined {
  const [, rest] = /^\s*log(?:\s+(.*))?$/s.exec(text) ?? [];
  if (!/^\s*log(\s|$)/.test(text)) return undefined;
  const written = rest?.trim() ?? '';
  if (written === '') return {};
  const [, message = written, condition] = /^(.*)\s+if\s+([^}]*)$/s.exec(written) ?? [];
  return { message: message.trim(), condition };
}
