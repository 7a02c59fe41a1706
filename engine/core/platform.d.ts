/**
 * The only platform globals that the engine uses. Both Node and browsers have all of them. Code outside the engine sees the
 * richer declarations of its own platform for the same names.
 */

interface TextDecoderLike {
  decode(bytes?: Uint8Array, options?: { stream?: boolean }): string;
}
declare var TextDecoder: { new (label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean }): TextDecoderLike };
declare var TextEncoder: { new (): { encode(text: string): Uint8Array<ArrayBuffer> } };
declare var performance: { now(): number };

interface AbortSignal {
  readonly aborted: boolean;
}
declare function setTimeout(callback: () => void, milliseconds: number): unknown;
