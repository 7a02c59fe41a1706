import { formatCounted } from '../../core/format.ts';
import type { Codec } from '../codec.ts';
import { validUtf8Length } from '../utf8.ts';
import { candidType } from './candid/candid-type.ts';
import { endsBefore, FITS, fails, type ValueType, type Verdict } from './value-type.ts';

/** Makes the type of values that a codec can decode. */
export function codecType(codec: Codec): ValueType {
  if (codec.name === 'candid') return candidType(codec.name);
  return { name: codec.name, check: (bytes) => checkWith(codec, bytes) };
}

function checkWith(codec: Codec, bytes: Uint8Array): Verdict {
  const reading = codec.read?.(bytes);
  if (reading?.problem !== undefined) return fails(reading.at ?? 0, '', reading.problem.replace(/ \(byte \d+\)$/, ''));
  if (reading !== undefined && reading.length < bytes.length) return endsBefore(reading.length, bytes);
  if (reading !== undefined || codec.decode(bytes) !== undefined) return FITS;
  return explain(codec, bytes);
}

/** Returns why bytes cannot be decoded, as far as can be seen from outside of the codec. */
function explain({ name, bound }: Codec, bytes: Uint8Array): Verdict {
  const length = formatCounted(bytes.length, 'byte');
  if (bound !== undefined && (bytes.length > bound.max || (bound.fixed && bytes.length < bound.max)))
    return fails(
      Math.min(bytes.length, bound.max),
      '',
      `There are ${length}, but ${name} has ${bound.fixed ? 'exactly' : 'at most'} ${bound.max}.`,
    );
  const valid = name === 'text' || name === 'json' ? validUtf8Length(bytes) : bytes.length;
  if (valid < bytes.length) return fails(valid, '', 'The text is not UTF-8.');
  return fails(0, '', `The ${length} are not an encoding of ${name}.`);
}
