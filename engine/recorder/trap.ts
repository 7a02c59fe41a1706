/** Ends the message that runs. The message's effects are undone. The text is what the canister's users would see. */
export class Trap extends Error {}
