/** Thrown where the library traps in the middle of a request. The canister's state is then as before the request. */
export class Trap extends Error {}
