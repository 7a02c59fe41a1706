import { fromHex, toHex } from '../../engine/core/format.ts';
import type { PreparedModule } from '../../engine/recorder/prepared-module.ts';

/** Candid in text and in bytes, by the interface of a canister. */
export interface CandidText {
  /** Returns the bytes of a call's argument, or a sentence if the text is not such an argument. */
  encode(text: string, signature: Signature): Uint8Array | { readonly problem: string };
  /** Returns a reply as text, or undefined if it is not Candid. */
  decode(bytes: Uint8Array, signature: Signature): string | undefined;
}

/** The interface of a module, and whose types in it count: a method's, or those of the argument that it is installed with. */
export interface Signature {
  readonly module: Pick<PreparedModule, 'candidService' | 'candidArguments'>;
  /** Undefined for the installation. */
  readonly method: string | undefined;
}

const EMPTY_ARGUMENT = Uint8Array.of(0x44, 0x49, 0x44, 0x4c, 0, 0);
const NO_SERVICE = 'service : {}';

/**
 * Loads the library that reads and writes Candid's text. It has more than a megabyte, so it is loaded only when it is needed, and the
 * command line can be installed without it.
 */
export async function loadCandidText(): Promise<CandidText> {
  try {
    return candidTextOf(await import('@dfinity/didc'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND') return WITHOUT_LIBRARY;
    throw error;
  }
}

/** Knows only the empty argument. */
const WITHOUT_LIBRARY: CandidText = {
  encode: (text) =>
    isEmpty(text)
      ? EMPTY_ARGUMENT
      : {
          problem:
            'Reading Candid needs the package @dfinity/didc. Install it with npm, or give the bytes of the argument with "argHex"',
        },
  decode: () => undefined,
};

function candidTextOf({ encode, decode, getServiceMethods }: typeof import('@dfinity/didc')): CandidText {
  /** Returns the interface if it has the method. */
  const interfaceOf = ({ module: { candidService }, method }: Signature): string | undefined =>
    candidService !== undefined && method !== undefined && attempt(() => getServiceMethods(candidService))?.includes(method)
      ? candidService
      : undefined;
  const encodeTyped = (input: string, signature: Signature): string => {
    const { method } = signature;
    const whole = { input, targetFormat: 'hex' } as const;
    const installation = method === undefined ? installationIn(signature.module) : undefined;
    if (installation !== undefined) return encode({ ...whole, idl: installation, withType: { kind: 'serviceParams' } });
    const idl = interfaceOf(signature);
    return idl === undefined || method === undefined
      ? encode({ ...whole, idl: NO_SERVICE })
      : encode({ ...whole, idl, withType: { kind: 'methodParams', name: method } });
  };
  return {
    encode(text, signature) {
      if (isEmpty(text)) return EMPTY_ARGUMENT;
      try {
        return fromHex(encodeTyped(text, signature)) ?? EMPTY_ARGUMENT;
      } catch (error) {
        return { problem: reasonOfDidc(error) };
      }
    },
    decode(bytes, signature) {
      const whole = { input: toHex(bytes), inputFormat: 'hex', targetFormat: 'candid' } as const;
      const { method } = signature;
      const idl = interfaceOf(signature);
      const typed =
        idl === undefined || method === undefined
          ? undefined
          : attempt(() => decode({ ...whole, idl, serviceMethod: method, useServiceMethodReturnType: true }));
      const decoded = typed ?? attempt(() => decode({ ...whole, idl: NO_SERVICE }));
      return decoded === undefined ? undefined : onOneLine(withPlainNumbers(decoded));
    },
  };
}

function isEmpty(text: string): boolean {
  return text.replace(/\s/g, '') === '()';
}

/** Returns an interface with the types of the argument of an installation, if they are known. */
function installationIn({ candidService = '', candidArguments }: Signature['module']): string | undefined {
  const start = /^\s*service\b/m.exec(candidService)?.index ?? 0;
  if (candidArguments !== undefined) return `${candidService.slice(0, start)}\nservice : ${candidArguments} -> {}`;
  return /^\s*service\b[^:]*:\s*\(/.test(candidService.slice(start)) ? candidService : undefined;
}

/** Removes the underscores that group the digits of numbers, but not those in texts. */
function withPlainNumbers(candid: string): string {
  return candid.replace(/"(?:[^"\\]|\\.)*"|\b\d[\d_]*/g, (token) => (token.startsWith('"') ? token : token.replaceAll('_', '')));
}

/** Joins the lines of a long value. Line feeds in its texts are escaped. */
function onOneLine(candid: string): string {
  return candid
    .replace(/^\(\n\s*/, '(')
    .replace(/,?\n\)$/, ')')
    .replace(/\s*\n\s*/g, ' ');
}

function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}

/** Returns the library's reason, without what it says about itself. */
export function reasonOfDidc(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const [, reason = text] = /`([\s\S]*)`/.exec(text) ?? [];
  return reason
    .replace(/^(Could not encode args to bytes|Candid parser error:) /, '')
    .replace(/\s+/g, ' ')
    .replace(/\.$/, '');
}
