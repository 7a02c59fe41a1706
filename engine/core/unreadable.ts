/** Bytes that the original library would refuse to open, or trap over; the message says why. Only operations throw it. */
export class Unreadable extends Error {}
