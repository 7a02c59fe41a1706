/** What a user error is about: a file that cannot be used, input that is not valid, or something asked for that is not there. */
export type UserErrorCode = 'file' | 'input' | 'request';

/** An error that is no bug. Its message is for the user: what happened, where, and what to do. */
export class UserError extends Error {
  readonly code: UserErrorCode;

  constructor(code: UserErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
