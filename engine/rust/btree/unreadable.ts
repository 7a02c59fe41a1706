/** The library would refuse these bytes, or trap over them; the message says why. */
export class BTreeUnreadable extends Error {}
