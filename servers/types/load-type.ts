import { UserError } from '../../engine/core/user-error.ts';
import type { Codec } from '../../engine/values/codec.ts';
import { candidType } from '../../engine/values/typing/candid/candid-type.ts';
import { DidTypes } from '../../engine/values/typing/candid/parse-did.ts';
import { codecType } from '../../engine/values/typing/codec-type.ts';
import { encodingOf } from '../../engine/values/typing/items/json-schema.ts';
import { didTypesIn, loadDidType } from './did-file.ts';
import { compiledFlatbuffersTypesIn, flatbuffersTypesIn, loadCompiledFlatbuffersType, loadFlatbuffersType } from './fbs-file.ts';
import { definitionsIn, loadJsonSchema } from './json-schema-file.ts';
import { loadProtobufType, protobufTypesIn } from './proto-file.ts';
import type { LoadedType, TypeInFile } from './type-file.ts';

/** The names that a type can have besides those of files. */
export interface TypeContext {
  /** Returns the codec with a name. */
  readonly codec: (name: string) => Codec | undefined;
  /** Returns some of the values, from which their encoding is guessed. */
  readonly samples: () => readonly Uint8Array[];
}

/** A kind of files with types. */
interface TypeFormat {
  readonly load: (file: TypeInFile, context: TypeContext) => LoadedType;
  /** Returns the names of the types in a file. @throws UserError */
  readonly names: (path: string) => readonly string[];
}

/** Kinds of files by their endings. */
const FORMATS: Readonly<Record<string, TypeFormat>> = {
  did: { load: loadDidType, names: didTypesIn },
  json: { load: (file, { samples }) => loadJsonSchema(file, encodingOf(samples())), names: definitionsIn },
  proto: { load: loadProtobufType, names: protobufTypesIn },
  fbs: { load: loadFlatbuffersType, names: flatbuffersTypesIn },
  bfbs: { load: loadCompiledFlatbuffersType, names: compiledFlatbuffersTypesIn },
};

/** Returns the type that a text names: a codec, a type in a file, or a Candid type. */
export function loadType(text: string, context: TypeContext): LoadedType {
  const codec = context.codec(text);
  if (codec !== undefined) return codecType(codec);
  const [, path, ending = '', name] = /^(.+?\.(did|json|proto|fbs|bfbs))(?:#(.*))?$/is.exec(text.trim()) ?? [];
  const format = FORMATS[ending.toLowerCase()];
  try {
    if (path !== undefined && format !== undefined) return format.load({ path, name: name === '' ? undefined : name }, context);
  } catch (error) {
    if (error instanceof UserError) return { problem: error.message };
    throw error;
  }
  const schema = new DidTypes().schemaOf(text);
  if ('problem' in schema)
    return { problem: `"${text}" is neither a codec, nor a file with types, nor a Candid type. ${schema.problem}` };
  return candidType(text, schema);
}

/** Returns the names of the types in a file, or a sentence about why it cannot be read. A JSON Schema may have none. */
export function typesIn(path: string): readonly string[] | { readonly problem: string } {
  try {
    return FORMATS[path.slice(path.lastIndexOf('.') + 1).toLowerCase()]?.names(path) ?? [];
  } catch (error) {
    if (error instanceof UserError) return { problem: error.message };
    throw error;
  }
}
