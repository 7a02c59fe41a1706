/**
 * The platform globals that the engine uses, and nothing else of Node or a browser: both have all of them.
 * Code outside of the engine sees its own platform's richer declarations of the same names.
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
