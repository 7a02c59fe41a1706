import { resolve } from 'node:path';
import { UserError } from '../../engine/core/user-error.ts';
import { readWhole } from '../../engine/node/read-whole.ts';
import { type FlatSchema, tableNamed } from '../../engine/values/typing/flatbuffers/flatbuffers-schema.ts';
import { flatbuffersType } from '../../engine/values/typing/flatbuffers/flatbuffers-type.ts';
import { FbsSchema } from '../../engine/values/typing/flatbuffers/parse-fbs.ts';
import { schemaOfReflection } from './bfbs.ts';
import { includedFile, type LoadedType, MAX_INCLUDED, MAX_TYPE_FILE, type TypeInFile, textOf, whichOf } from './type-file.ts';

/** Loads a table of a `.fbs` file: `user.fbs#User`, or without a name its root type. @throws UserError */
export function loadFlatbuffersType(file: TypeInFile): LoadedType {
  const schema = new FbsSchema();
  const done = new Set<string>();
  const pending = [resolve(file.path)];
  for (let path = pending.shift(); path !== undefined; path = pending.shift()) {
    if (done.has(path)) continue;
    done.add(path);
    if (done.size > MAX_INCLUDED) throw new UserError('input', `${file.path} includes more than ${MAX_INCLUDED} files.`);
    const added = schema.addFile(textOf(path));
    if ('problem' in added) return { problem: `${path} is not a FlatBuffers schema. ${added.problem}` };
    for (const included of added.includes) {
      const found = includedFile(included, path);
      if (found === undefined)
        return { problem: `${path} includes ${included}, which is neither next to it nor in a folder above.` };
      pending.push(found);
    }
  }
  const resolved = schema.resolve();
  return 'problem' in resolved ? { problem: `${file.path}: ${resolved.problem}` } : typeIn(file, resolved);
}

/** Loads a table of a schema that flatc compiled to a `.bfbs` file. @throws UserError */
export function loadCompiledFlatbuffersType(file: TypeInFile): LoadedType {
  const schema = schemaOfReflection(readWhole(file.path, MAX_TYPE_FILE));
  return 'problem' in schema
    ? { problem: `${file.path} is not a compiled FlatBuffers schema. ${schema.problem}` }
    : typeIn(file, schema);
}

function typeIn({ path, name }: TypeInFile, schema: FlatSchema): LoadedType {
  const names = [...schema.tables.keys()];
  const wanted = name ?? schema.root ?? (names.length === 1 ? names[0] : undefined);
  const table = wanted === undefined ? undefined : tableNamed(schema, wanted);
  if (wanted !== undefined && table !== undefined) return flatbuffersType(`${path}#${wanted}`, table, schema);
  return { problem: `${wanted === undefined ? '' : `There is no table "${wanted}". `}${whichOf(path, names)}` };
}

/** Returns the names of the tables that a `.fbs` file itself defines. @throws UserError */
export function flatbuffersTypesIn(path: string): readonly string[] {
  const added = new FbsSchema().addFile(textOf(path));
  return 'problem' in added ? [] : added.tables;
}

/** Returns the names of the tables of a `.bfbs` file. @throws UserError */
export function compiledFlatbuffersTypesIn(path: string): readonly string[] {
  const schema = schemaOfReflection(readWhole(path, MAX_TYPE_FILE));
  return 'problem' in schema ? [] : [...schema.tables.keys()];
}
