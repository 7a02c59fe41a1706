import { UserError } from '../../engine/core/user-error.ts';
import type { Codec } from '../../engine/values/codec.ts';
import { candidType } from '../../engine/values/typing/candid/candid-type.ts';
import { DidTypes } from '../../engine/values/typing/candid/parse-did.ts';
import { codecType } from '../../engine/values/typing/codec-type.ts';
import { encodingOf } from '../../engine/values/typing/items/json-schema.ts';
import { loadDidType } from './did-file.ts';
import { loadCompiledFlatbuffersType, loadFlatbuffersType } from './fbs-file.ts';
import { loadJsonSchema } from './json-schema-file.ts';
import { loadProtobufType } from './proto-file.ts';
import type { LoadedType, TypeInFile } from './type-file.ts';

/** The names that a type can have besides those of files. */
export interface TypeContext {
  /** Returns the codec with a name. */
  readonly codec: (name: string) => Codec | undefined;
  /** Returns some of the values, from which their encoding is guessed. */
  readonly samples: () => readonly Uint8Array[];
}

const LOADERS: Readonly<Record<string, (file: TypeInFile, context: TypeContext) => LoadedType | Promise<LoadedType>>> = {
  did: loadDidType,
  proto: loadProtobufType,
  fbs: loadFlatbuffersType,
  bfbs: loadCompiledFlatbuffersType,
  json: (file, { samples }) => loadJsonSchema(file, encodingOf(samples())),
};

/** Returns the type that a text names: a codec, a type in a file, or a Candid type. */
export async function loadType(text: string, context: TypeContext): Promise<LoadedType> {
  const codec = context.codec(text);
  if (codec !== undefined) return codecType(codec);
  const [, path, ending = '', name] = /^(.+?\.(did|json|proto|fbs|bfbs))(?:#(.*))?$/is.exec(text.trim()) ?? [];
  const load = LOADERS[ending.toLowerCase()];
  try {
    if (path !== undefined && load !== undefined) return await load({ path, name }, context);
  } catch (error) {
    if (error instanceof UserError) return { problem: error.message };
    throw error;
  }
  const schema = new DidTypes().schemaOf(text);
  if ('problem' in schema)
    return { problem: `"${text}" is neither a codec, nor a file with types, nor a Candid type. ${schema.problem}` };
  return candidType(text, schema);
}
