export interface UnpackOptions {
  /** Maximum unpacked size of a compressed file, in bytes. */
  readonly unpackLimit?: number | undefined;
  /** Called with progress: the bytes read of the compressed file, and its size in bytes. */
  readonly onUnpack?: ((read: number, size: number) => void) | undefined;
}
