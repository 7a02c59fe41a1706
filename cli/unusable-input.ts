/** Input that cannot be used: one line on standard error, exit status 2. */
export class UnusableInput extends Error {}
