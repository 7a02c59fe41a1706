import { toHex } from '../../core/format.ts';
import { quote } from '../../values/codec.ts';
import type { FieldNames } from '../../values/codecs/candid.ts';
import { formatFloat } from '../../values/codecs/floats.ts';
import type { PlainValue, SharedValue, StableValue } from './value.ts';

/** Maximum bytes of a blob, and maximum characters of a text, that are shown. */
const MAX_BYTES = 32;
const MAX_CHARACTERS = 200;

/**
 * Something that is still to be written. A list of tasks, the next one last, replaces recursion: the input decides how deep
 * values nest.
 */
type Task = string | StableValue;

/**
 * Returns a value as text, roughly as its program would write it: `{ name = "x"; tags = [1, 2] }`. Cuts it at about `limit`
 * characters.
 */
export function textOfStable(value: StableValue | undefined, names: FieldNames, limit = MAX_CHARACTERS): string {
  if (value === undefined) return 'null';
  let text = '';
  const tasks: Task[] = [value];
  for (let task = tasks.pop(); task !== undefined; task = tasks.pop()) {
    if (text.length > limit) return `${text.slice(0, limit)}…`;
    if (typeof task === 'string') text += task;
    else tasks.push(...piecesOf(task, names, limit).reverse());
  }
  return text;
}

/** Returns the name of a field or tag, or its hash in Candid's form if the name is not known. */
export function nameOfHash(id: number, names: FieldNames): string {
  return names.get(id) ?? `_${id}_`;
}

function piecesOf(value: StableValue, names: FieldNames, limit: number): Task[] {
  switch (value.kind) {
    case 'plain':
      return [plainText(value)];
    case 'blob': {
      const shown = toHex(value.bytes.subarray(0, MAX_BYTES));
      return [`"${shown.replace(/../g, '\\$&')}"${value.bytes.length > MAX_BYTES ? `… (${value.bytes.length} bytes)` : ''}`];
    }
    case 'opt':
      return value.items.length === 0 ? ['null'] : ['?', ...value.items];
    case 'array':
      return ['[', ...between(value.items.slice(0, limit), ', '), ']'];
    case 'record': {
      const isTuple = value.fields.length > 0 && value.fields.every(({ id }, index) => id === index);
      if (isTuple) return ['(', ...between(value.items, ', '), ')'];
      const fields = value.items.slice(0, limit).flatMap((item, index): Task[] => {
        const name = nameOfHash(value.fields[index]?.id ?? index, names);
        return [`${index === 0 ? '' : '; '}${name} = `, item];
      });
      return ['{ ', ...fields, ' }'];
    }
    case 'variant': {
      const [inner] = value.items;
      const isBare = inner === undefined || (inner.kind === 'plain' && inner.type === 'null');
      const tag = `#${nameOfHash(value.tag.id, names)}`;
      return isBare ? [tag] : [`${tag}(`, inner, ')'];
    }
    case 'mutable':
      return ['var ', ...value.items];
    case 'region':
      return [`region ${value.id}`];
    case 'shared':
      return sharedPieces(value.target);
  }
}

/** Returns the text of a value that was written before. Repeats only short values: others may be long, or contain themselves. */
function sharedPieces(target: SharedValue['target']): Task[] {
  const isShort = target.kind === 'region' || target.items.every(({ kind }) => kind === 'plain');
  return isShort ? [target] : ['(as before)'];
}

function plainText({ type, value }: PlainValue): string {
  if (value === undefined) return 'null';
  if (typeof value === 'number') return formatFloat(value, type === 'float32' ? 4 : 8);
  return type === 'text' ? quote(String(value)) : String(value);
}

function between(items: readonly StableValue[], separator: string): Task[] {
  return items.flatMap((item, index): Task[] => (index === 0 ? [item] : [separator, item]));
}
