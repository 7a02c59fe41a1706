/** The subject of a user error: a file that cannot be used, input that is not valid, or something requested that is not there. */
export type UserErrorCode = 'file' | 'input' | 'request';

/** An error that is no bug. Its message is for the user: what happened, where, and what to do. */
export class UserError extends Error {
  readonly code: UserErrorCode;

  constructor(code: UserErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Returns the message for an error that is a bug. `where`: the part of the product, as people call it. */
export function describeBug(where: string, error: unknown): string {
  return `This is a bug in ${where}: ${error instanceof Error ? error.message : String(error)}. Please report it.`;
}
