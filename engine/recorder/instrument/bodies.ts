import type { Declarations } from './declarations.ts';
import type { Reader } from './format/reader.ts';
import { SECTION, type Sections } from './format/sections.ts';

/** The body of a function. */
export interface Body {
  /** The index of the function in the original module. */
  readonly index: number;
  /** The number of its parameters. */
  readonly parameters: number;
  /** Its local variables and instructions. */
  readonly reader: Reader;
}

/**
 * Yields the bodies of all functions that are not imported.
 *
 * @throws {Refusal} if the code section is damaged, or does not have one body for each function.
 */
export function* bodiesOf(sections: Sections, declarations: Declarations): Generator<Body, void, undefined> {
  const { importedFunctions, functionTypes, parameterCounts } = declarations;
  const section = sections.reader(SECTION.code);
  const count = section.count();
  if (count !== functionTypes.length) throw section.broken(`it has ${count} functions and not ${functionTypes.length}`);
  let index = importedFunctions;
  for (const type of functionTypes) {
    const reader = section.sub(section.index(), `function ${index}`);
    yield { index, parameters: parameterCounts[type] ?? 0, reader };
    index += 1;
  }
  section.finish();
}
