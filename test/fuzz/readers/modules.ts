import { BytesSource } from '../../../engine/core/memory/source.ts';
import { namesOfProgram, readModuleTexts } from '../../../engine/motoko/stable-types.ts';
import { moduleWith } from '../../engine/motoko/module.ts';
import { mutated } from '../mutate.ts';
import type { Reader } from '../reader.ts';

const MODULE = moduleWith(
  ['name', 'canister'],
  [
    'icp:private motoko:stable-types',
    '// Version: 1.0.0\ntype User = {name : Text; var age : Nat};\nactor {\n  stable mr : {var pages : Nat64};\n  stable var users : [User]\n};\n',
  ],
  [
    'icp:public candid:service',
    'type T = record { name : text; age : nat; "odd name" : opt T };\nservice : { get : (nat) -> (T) query }\n',
  ],
);

export const MODULE_READER: Reader = {
  name: 'modules',
  cases: 11_000,
  maxTime: 2000,
  run(random) {
    namesOfProgram(readModuleTexts(new BytesSource(mutated(random, MODULE, [8, 16, 24]))));
  },
};
