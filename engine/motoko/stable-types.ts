/**
 * Descriptions of a program in custom sections of its module. On the Internet Computer their names have the prefix `icp:public `
 * or `icp:private `. Modules of tests have none.
 *
 * | section               | content                                                                       |
 * |-----------------------|-------------------------------------------------------------------------------|
 * | `motoko:stable-types` | the stable variables and their types, as text (moc, src/mo_types)               |
 * | `candid:service`      | the interface, as Candid's text; of programs in any language                  |
 */
import type { ByteSource } from '../core/memory/source.ts';
import type { FieldNames } from '../values/codecs/candid.ts';
import { decodeUtf8 } from '../values/utf8.ts';
import { readCustomSections } from './custom-sections.ts';
import { idOf, namesIn } from './stable-variables/names.ts';

export interface ModuleTexts {
  readonly stableTypes: string | undefined;
  readonly candidService: string | undefined;
}

const STABLE_TYPES = 'motoko:stable-types';
const CANDID_SERVICE = 'candid:service';

/** Returns the texts of a module. They are undefined if the bytes are not a module, or if the sections are missing. */
export function readModuleTexts(module: ByteSource): ModuleTexts {
  const bare = (name: string): string => name.replace(/^icp:(public|private) /, '');
  const sections = readCustomSections(module, (name) => [STABLE_TYPES, CANDID_SERVICE].includes(bare(name)));
  const texts = new Map([...sections].map(([name, bytes]) => [bare(name), decodeUtf8(bytes)]));
  return { stableTypes: texts.get(STABLE_TYPES), candidService: texts.get(CANDID_SERVICE) };
}

/**
 * Returns the names of the program's variables, fields and tags, by their Candid hashes. If two have the same hash, variables
 * win.
 */
export function namesOfProgram({ stableTypes = '', candidService = '' }: ModuleTexts): FieldNames {
  return new Map([...namesInCandid(candidService), ...namesIn(stableTypes)]);
}

/** Maximum names that are read, in case a hostile interface has millions. */
const MAX_NAMES = 100_000;

/** Returns the names in an interface: words, and texts in quotes. */
function namesInCandid(text: string): FieldNames {
  const names = new Map<number, string>();
  for (const [word, quoted] of text.matchAll(/"((?:[^"\\]|\\.)*)"|[A-Za-z_]\w*/g)) {
    const name = quoted ?? word;
    names.set(idOf(name), name);
    if (names.size >= MAX_NAMES) break;
  }
  return names;
}
