/** An old release of the library stops in the middle of a request, and the canister's state is as before it. */
export class Trap extends Error {}
