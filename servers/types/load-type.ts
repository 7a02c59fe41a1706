import { UserError } from '../../engine/core/user-error.ts';
import type { Codec } from '../../engine/values/codec.ts';
import { candidType } from '../../engine/values/typing/candid/candid-type.ts';
import { DidTypes } from '../../engine/values/typing/candid/parse-did.ts';
import { codecType } from '../../engine/values/typing/codec-type.ts';
import { loadDidType } from './did-file.ts';
import type { LoadedType, TypeInFile } from './type-file.ts';

/** The names that a type can have besides those of files. */
export interface TypeContext {
  /** Returns the codec with a name. */
  readonly codec: (name: string) => Codec | undefined;
}

const LOADERS: Readonly<Record<string, (file: TypeInFile) => LoadedType | Promise<LoadedType>>> = {
  did: loadDidType,
};

/** Returns the type that a text names: a codec, a type in a file, or a Candid type. */
export async function loadType(text: string, context: TypeContext): Promise<LoadedType> {
  const codec = context.codec(text);
  if (codec !== undefined) return codecType(codec);
  const [, path, ending = '', name] = /^(.+\.([a-z]+))(?:#(.*))?$/is.exec(text.trim()) ?? [];
  const load = LOADERS[ending.toLowerCase()];
  try {
    if (path !== undefined && load !== undefined) return await load({ path, name });
  } catch (error) {
    if (error instanceof UserError) return { problem: error.message };
    throw error;
  }
  const schema = new DidTypes().schemaOf(text);
  if ('problem' in schema)
    return { problem: `"${text}" is neither a codec, nor a file with types, nor a Candid type. ${schema.problem}` };
  return candidType(text, schema);
}
