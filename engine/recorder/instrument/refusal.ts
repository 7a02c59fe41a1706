/** What keeps a module from being instrumented. Only this folder throws and catches it; the message is for the user. */
export class Refusal extends Error {}
