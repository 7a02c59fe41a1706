import { expect, test } from 'vitest';
import { parseArguments, parseInterface } from '../../../servers/recorder/candid-interface.ts';

const methodsOf = (text: string) => parseInterface(text)?.methods.map(({ name, kind, text }) => `${kind} ${name} : ${text}`);

test('methods have their kinds and their signatures on one line', () => {
  expect(
    methodsOf(`// The interface of a ledger.
      type Account = record { owner : principal; subaccount : opt blob };
      service : {
        balance : (Account) -> (nat) query;
        "a name": (text,
                   /* what it costs */ nat) -> ();
        all : () -> (vec Account) composite_query;
        log : (text) -> () oneway;
      }`),
  ).toEqual([
    'query balance : (Account) -> (nat) query',
    'update a name : (text, /* what it costs */ nat) -> ()',
    'composite-query all : () -> (vec Account) composite_query',
    'update log : (text) -> () oneway',
  ]);
});

test('names of arguments and of fields are not types', () => {
  const candid = parseInterface(
    'service : { add : (note : record { text; id : nat; 3 : bool }, opt_in : opt bool) -> (r : nat) }',
  );
  expect(candid?.methods[0]?.arguments).toEqual([
    {
      kind: 'record',
      fields: [
        { name: undefined, type: { kind: 'name', name: 'text' } },
        { name: 'id', type: { kind: 'name', name: 'nat' } },
        { name: '3', type: { kind: 'name', name: 'bool' } },
      ],
    },
    { kind: 'option', of: { kind: 'name', name: 'bool' } },
  ]);
});

test('cases of variants have names, and perhaps types', () => {
  const [type] = parseArguments('(variant { ok : nat; err; "not found"; 7 })') ?? [];
  expect(type).toEqual({
    kind: 'variant',
    fields: [
      { name: 'ok', type: { kind: 'name', name: 'nat' } },
      { name: 'err', type: undefined },
      { name: '"not found"', type: undefined },
      { name: '7', type: undefined },
    ],
  });
});

test('a class has the types of its installation, and its service may be defined apart', () => {
  const candid = parseInterface('type Notes = service { add : (text) -> (nat) }; service Main : (owner : principal) -> Notes');
  expect(candid?.installation).toEqual([{ kind: 'name', name: 'principal' }]);
  expect(candid?.methods.map(({ name }) => name)).toEqual(['add']);
});

test('functions and services are types', () => {
  expect(
    parseArguments('(func (nat) -> (text) query, service { f : () -> () }, vec record { nat; func () -> () })'),
  ).toMatchObject([
    { kind: 'function' },
    { kind: 'service' },
    { kind: 'vector', of: { kind: 'record', fields: [{}, { type: { kind: 'function' } }] } },
  ]);
});

test.each(['', 'service', 'service : {', 'service : { f : (nat -> () }', 'service : { f : () }', `(${'opt '.repeat(500)}nat)`])(
  'what is not an interface has none: %s',
  (text) => {
    expect(parseInterface(text)).toBeUndefined();
    expect(parseArguments(text)).toBeUndefined();
  },
);
