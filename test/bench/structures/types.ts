/** The bounds of the Rust types in these maps. */
export const KEY = { bound: { max: 8, fixed: true } };
/** `Blob<32>` */
export const BLOB_32 = { bound: { max: 32, fixed: false } };
