import { resolve } from 'node:path';
import protobuf from 'protobufjs';
import { UserError } from '../../engine/core/user-error.ts';
import {
  type ProtobufField,
  type ProtobufMessage,
  type ProtobufScalar,
  protobufType,
} from '../../engine/values/typing/protobuf/protobuf-type.ts';
import { includedFile, type LoadedType, MAX_INCLUDED, type TypeInFile, textOf, whichOf } from './type-file.ts';

const OPTIONS = { keepCase: true } as const;

/** Loads a message of a `.proto` file: `user.proto#User`, `user.proto#shop.v1.User`. @throws UserError */
export function loadProtobufType({ path, name }: TypeInFile): LoadedType {
  const root = new protobuf.Root();
  const own = parseAll(resolve(path), root);
  if ('problem' in own) return own;
  try {
    root.resolveAll();
  } catch (error) {
    return { problem: `${path}: ${messageOf(error)}.` };
  }
  const [only] = own.names;
  const wanted = name ?? (own.names.length === 1 ? only : undefined);
  const type = wanted === undefined ? undefined : typeNamed(root, own.names, wanted);
  if (type === undefined) {
    const unknown = wanted === undefined ? '' : `There is no message "${wanted}". `;
    return { problem: unknown + whichOf(path, own.names) };
  }
  return protobufType(`${path}#${wanted}`, type.fullName, messagesOf(type));
}

/** Reads a file, and all that it imports, into `root`. Returns the names of its own messages. @throws UserError */
function parseAll(first: string, root: protobuf.Root): { readonly names: readonly string[] } | { readonly problem: string } {
  const done = new Set<string>();
  const pending = [first];
  let names: readonly string[] = [];
  for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
    if (done.has(file)) continue;
    done.add(file);
    if (done.size > MAX_INCLUDED) throw new UserError('input', `${first} imports more than ${MAX_INCLUDED} files.`);
    const text = textOf(file);
    try {
      if (file === first) names = namesIn(protobuf.parse(text, new protobuf.Root(), OPTIONS).root);
      const { imports = [], weakImports = [] } = protobuf.parse(text, root, OPTIONS);
      for (const imported of [...imports, ...weakImports]) {
        const builtIn = protobuf.common.get(imported)?.nested;
        const found = includedFile(imported, file);
        if (found !== undefined) pending.push(found);
        else if (builtIn !== undefined && builtIn !== null) root.addJSON(builtIn);
        else return { problem: `${file} imports ${imported}, which is neither next to it nor in a folder above.` };
      }
    } catch (error) {
      if (error instanceof UserError) throw error;
      return { problem: `${file} is not a Protobuf schema: ${messageOf(error)}.` };
    }
  }
  return { names };
}

function namesIn(namespace: protobuf.NamespaceBase): readonly string[] {
  return namespace.nestedArray.flatMap((one) => [
    ...(one instanceof protobuf.Type ? [one.fullName.slice(1)] : []),
    ...(one instanceof protobuf.Namespace ? namesIn(one) : []),
  ]);
}

/** Returns the message with a whole name, or with one that only ends so. */
function typeNamed(root: protobuf.Root, names: readonly string[], wanted: string): protobuf.Type | undefined {
  const ending = names.filter((name) => name === wanted || name.endsWith(`.${wanted}`));
  const [only] = ending;
  const found = root.lookup(names.includes(wanted) || only === undefined || ending.length > 1 ? wanted : only, [protobuf.Type]);
  return found instanceof protobuf.Type ? found : undefined;
}

/** Returns a message and all that its fields refer to, by their names. */
function messagesOf(root: protobuf.Type): ReadonlyMap<string, ProtobufMessage> {
  const messages = new Map<string, ProtobufMessage>();
  const pending = [root];
  for (let type = pending.pop(); type !== undefined; type = pending.pop()) {
    if (messages.has(type.fullName)) continue;
    const fields = new Map<number, ProtobufField>();
    for (const field of type.fieldsArray) {
      const { resolvedType } = field.resolve();
      if (resolvedType instanceof protobuf.Type) {
        // Groups are deprecated. They are skipped, as unknown fields are.
        if ('group' in resolvedType && resolvedType.group === true) continue;
        pending.push(resolvedType);
      }
      if (field instanceof protobuf.MapField) {
        const entry = `${type.fullName}.${field.name}`;
        const key = { name: 'key', repeated: false, required: false, type: scalarOf(field.keyType) };
        const value = { name: 'value', repeated: false, required: false, type: typeOf(field) };
        const members: readonly (readonly [number, ProtobufField])[] = [
          [1, key],
          [2, value],
        ];
        messages.set(entry, new Map(members));
        fields.set(field.id, { name: field.name, repeated: true, required: false, type: { message: entry } });
      } else fields.set(field.id, { name: field.name, repeated: field.repeated, required: field.required, type: typeOf(field) });
    }
    messages.set(type.fullName, fields);
  }
  return messages;
}

function typeOf({ resolvedType, type }: protobuf.FieldBase): ProtobufField['type'] {
  if (resolvedType instanceof protobuf.Type) return { message: resolvedType.fullName };
  return resolvedType instanceof protobuf.Enum ? 'enum' : scalarOf(type);
}

const SCALARS: readonly ProtobufScalar[] = [
  ...(['int32', 'int64', 'uint32', 'uint64', 'sint32', 'sint64', 'bool', 'double', 'fixed64'] as const),
  ...(['sfixed64', 'float', 'fixed32', 'sfixed32', 'string', 'bytes'] as const),
];

function scalarOf(name: string): ProtobufScalar {
  return SCALARS.find((scalar) => scalar === name) ?? 'bytes';
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/, '');
}

/** Returns the names of the messages that a `.proto` file itself defines. @throws UserError */
export function protobufTypesIn(path: string): readonly string[] {
  try {
    return namesIn(protobuf.parse(textOf(path), new protobuf.Root(), OPTIONS).root);
  } catch (error) {
    if (error instanceof UserError) throw error;
    return [];
  }
}
