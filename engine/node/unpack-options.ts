export interface UnpackOptions {
  /** The most bytes that a packed file may unpack to. */
  readonly unpackLimit?: number | undefined;
  /** Called now and then: how much of the packed file was read, and how much there is, in bytes. */
  readonly onUnpack?: ((read: number, size: number) => void) | undefined;
}
