/** Thrown when the library would reject these bytes or trap. The message has the reason. */
export class BTreeUnreadable extends Error {}
