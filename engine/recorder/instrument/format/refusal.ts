/** A reason why a module cannot be instrumented. It never leaves `instrument`; the message is for the user. */
export class Refusal extends Error {}
