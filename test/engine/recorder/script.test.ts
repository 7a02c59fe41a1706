import { describe, expect, test } from 'vitest';
import { parseScript, type ScriptCall } from '../../../engine/recorder/script.ts';

function calls(text: string): readonly ScriptCall[] {
  const parsed = parseScript(text);
  if ('problems' in parsed) throw new Error(parsed.problems.map(({ problem }) => problem).join('\n'));
  return parsed;
}

function only(line: string): ScriptCall {
  const [call, ...more] = calls(line);
  if (!call || more.length > 0) throw new Error('There is not one call.');
  return call;
}

function problems(text: string): readonly string[] {
  const parsed = parseScript(text);
  return 'problems' in parsed ? parsed.problems.map(({ problem }) => problem) : [];
}

const bytes = (...values: readonly number[]) => Uint8Array.from(values);

test('a call with nothing but its kind has default values', () => {
  expect(only('{"call":"init"}')).toEqual({
    line: 1,
    kind: 'init',
    method: '',
    argument: { kind: 'text', text: '()' },
    caller: undefined,
    time: undefined,
    cycles: 0n,
    wasm: undefined,
    replies: [],
    seed: undefined,
  });
});

test('a call with all fields', () => {
  const line = JSON.stringify({
    call: 'update',
    method: 'add a note',
    argHex: '44 49 44 4C',
    caller: '2vxsx-fae',
    time: 77,
    cycles: '1_000_000',
    replies: [
      { method: 'fetch', replyHex: '00ff' },
      { method: 'push', reject: 'no' },
    ],
    seed: 3,
  });
  expect(only(line)).toEqual({
    line: 1,
    kind: 'update',
    method: 'add a note',
    argument: { kind: 'bytes', bytes: bytes(0x44, 0x49, 0x44, 0x4c) },
    caller: bytes(4),
    time: 77n,
    cycles: 1_000_000n,
    wasm: undefined,
    replies: [
      { method: 'fetch', reply: bytes(0, 0xff) },
      { method: 'push', reject: 'no' },
    ],
    seed: 3n,
  });
});

test.each(['init', 'upgrade', 'timer', 'heartbeat'])('%s needs no method', (kind) => {
  expect(only(`{"call":"${kind}"}`)).toMatchObject({ kind, method: '' });
});

test.each(['update', 'query', 'composite-query', 'inspect'])('%s needs a method', (kind) => {
  expect(only(`{"call":"${kind}","method":"go"}`)).toMatchObject({ kind, method: 'go' });
  expect(problems(`{"call":"${kind}"}`)).toEqual(['Line 1: "method" must be a text. It is missing.']);
});

test('an upgrade can name a module', () => {
  expect(only('{"call":"upgrade","wasm":"next/module.wasm"}').wasm).toBe('next/module.wasm');
  expect(only('{"call":"upgrade","wasm":null}').wasm).toBeUndefined();
});

test('lines: empty ones, comments, a byte order mark, and both kinds of ends', () => {
  const text = '\uFEFF// a comment\r\n\r\n  {"call":"init"}  \r\n\t\n//{"call":"no"}\n{"call":"timer"}';
  expect(calls(text).map(({ line, kind }) => [line, kind])).toEqual([
    [3, 'init'],
    [6, 'timer'],
  ]);
  expect(calls('')).toEqual([]);
});

describe('numbers', () => {
  test.each<[string, bigint]>([
    ['0', 0n],
    ['1767225600000000000', 1_767_225_600_000_000_000n],
    ['9007199254740993', 9_007_199_254_740_993n],
    ['18446744073709551615', 2n ** 64n - 1n],
    ['"18446744073709551615"', 2n ** 64n - 1n],
    ['"1_767_225_600_000_000_000"', 1_767_225_600_000_000_000n],
    ['1e3', 1000n],
  ])('the time %s is exact', (written, time) => {
    expect(only(`{"call":"timer","time":${written}}`).time).toBe(time);
  });

  test('cycles have up to 128 bits', () => {
    expect(only(`{"call":"timer","cycles":"${2n ** 128n - 1n}"}`).cycles).toBe(2n ** 128n - 1n);
    expect(only(`{"call":"timer","cycles":${2n ** 128n - 1n}}`).cycles).toBe(2n ** 128n - 1n);
  });

  test.each(['18446744073709551616', '-1', '1.5', '1e30', '""', '"x"', '"0x10"', 'true', '[]', '{}', '"-1"', '"_"'])(
    'the time %s is none',
    (written) => {
      const [problem = ''] = problems(`{"call":"timer","time":${written}}`);
      expect(problem).toMatch(/^Line 1: "time" must be a whole number, or a text of decimal digits\. It is .+\.$/);
    },
  );
});

test('arguments', () => {
  const argument = (fields: string) => only(`{"call":"init",${fields}}`).argument;
  expect(argument('"arg":"(42 : nat64)"')).toEqual({ kind: 'text', text: '(42 : nat64)' });
  expect(argument('"arg":null')).toEqual({ kind: 'text', text: '()' });
  expect(argument('"argHex":""')).toEqual({ kind: 'bytes', bytes: bytes() });
  expect(argument('"argHex":"0A 0b\\n0C"')).toEqual({ kind: 'bytes', bytes: bytes(10, 11, 12) });
  expect(argument('"argHex":null,"arg":"(1)"')).toEqual({ kind: 'text', text: '(1)' });
});

test.each<[string, string]>([
  ['{"call":"init"', 'It is not JSON: '],
  ['init', 'It is not JSON: '],
  ['[]', 'It is not a JSON object.'],
  ['null', 'It is not a JSON object.'],
  ['"init"', 'It is not a JSON object.'],
  ['{}', '"call" is missing. It must be one of init, update, query, composite-query, inspect, upgrade, timer, heartbeat.'],
  ['{"call":"install"}', '"call" is "install". It must be one of init, '],
  ['{"call":7}', '"call" is 7. It must be one of init, '],
  [
    '{"call":"init","args":"()"}',
    '"args" is not a field of a call. The fields are call, method, arg, argHex, caller, time, cycles, wasm, replies, seed.',
  ],
  ['{"call":"init","__proto__":1}', '"__proto__" is not a field of a call.'],
  ['{"call":"update","method":""}', '"method" must be a text. It is "".'],
  ['{"call":"update","method":7}', '"method" must be a text. It is 7.'],
  ['{"call":"init","arg":"()","argHex":"00"}', '"arg" and "argHex" are both given. Keep one of them. It is "()".'],
  ['{"call":"init","arg":7}', '"arg" must be Candid in a text, such as "(42 : nat64)". It is 7.'],
  ['{"call":"init","argHex":"0"}', '"argHex" must be hex digits, two a byte. It is "0".'],
  ['{"call":"init","argHex":"0g"}', '"argHex" must be hex digits, two a byte. It is "0g".'],
  ['{"call":"init","caller":"xyz"}', '"caller" must be the text of a principal, such as "2vxsx-fae". It is "xyz".'],
  ['{"call":"init","caller":"2vxsx-faf"}', '"caller" must be the text of a principal, such as "2vxsx-fae". It is "2vxsx-faf".'],
  ['{"call":"init","cycles":-1}', '"cycles" must be a whole number, or a text of decimal digits. It is -1.'],
  ['{"call":"init","seed":"x"}', '"seed" must be a whole number, or a text of decimal digits. It is "x".'],
  ['{"call":"upgrade","wasm":7}', '"wasm" must be a text. It is 7.'],
  ['{"call":"init","wasm":"x.wasm"}', '"wasm" is only for an upgrade. It is "x.wasm".'],
  ['{"call":"init","replies":{}}', '"replies" must be a list. It is {}.'],
  ['{"call":"init","replies":[7]}', 'Item 1 of "replies": "method" must be a text. It is missing.'],
  [
    '{"call":"init","replies":[{"method":"a","reject":"no"},{"method":"b"}]}',
    'Item 2 of "replies": "replyHex" must be hex digits, two a byte. It is missing.',
  ],
  [
    '{"call":"init","replies":[{"method":"a","reply":"00"}]}',
    'Item 1 of "replies": "replyHex" must be hex digits, two a byte. It is missing.',
  ],
  ['{"call":"init","replies":[{"method":"a","reject":""}]}', 'Item 1 of "replies": "reject" must be a text. It is "".'],
  [
    '{"call":"init","replies":[{"method":"a","reject":"no","replyHex":"00"}]}',
    'Item 1 of "replies": "reject" and "replyHex" are both given. Keep one of them. It is "no".',
  ],
])('%s is not a call', (line, sentence) => {
  const [problem = '', ...more] = problems(`\n${line}`);
  expect(more).toEqual([]);
  expect(problem.startsWith(`Line 2: ${sentence}`), problem).toBe(true);
  expect(problem).toMatch(/\.$/);
});

test('all problems are reported, and long values are cut', () => {
  const text = `{"call":"init"}\n{"call":"${'x'.repeat(1000)}"}\nnonsense\n{"call":"init"}`;
  const [first = '', second = '', ...more] = problems(text);
  expect([first.length < 300, second.startsWith('Line 3: '), more]).toEqual([true, true, []]);
});
