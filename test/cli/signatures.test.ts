/** Tests `compare-signatures`. Motoko's own compiler writes the signatures, and says which upgrades it accepts. */
import motoko from 'motoko';
import { expect, test, vi } from 'vitest';
import { run, testFolder } from './in-process.ts';

vi.mock('node:worker_threads', () => import('./fake-worker.ts'));

const { put } = testFolder('signatures');

function signature(...variables: readonly string[]): string {
  return `// Version: 1.0.0\nactor {\n  ${variables.map((variable) => `stable ${variable}`).join(';\n  ')}\n};\n`;
}

test.each([
  ['the same', ['var a : Nat'], ['var a : Nat'], 0, 'The upgrade keeps all stable variables.\n'],
  [
    'a new variable, and a wider type',
    ['var a : Nat'],
    ['var a : Int', 'var b : Text'],
    0,
    'a: changed: var Nat became var Int\nb: added: var Text\nThe upgrade keeps all stable variables.\n',
  ],
  [
    'a narrower type',
    ['var a : {x : ?Int}'],
    ['var a : {x : ?Nat}'],
    1,
    'a.x?: not compatible: Int became Nat\nThe upgrade is refused: the types of 1 stable variable are not compatible.\n',
  ],
  [
    'a field that is gone',
    ['a : {x : Int; y : Text}'],
    ['a : {x : Int}'],
    1,
    'a.y: loses data: Text is gone\nThe runtime accepts the upgrade, but data of 1 stable variable is lost.\n',
  ],
] as const)('%s', async (_, before, after, status, stdout) => {
  const [from, to] = [signature(...before), signature(...after)];
  expect(await run('compare-signatures', put('before.most', from), put('after.most', to))).toEqual({
    status,
    stdout,
    stderr: '',
  });
  motoko.write('before.most', from);
  motoko.write('after.most', to);
  const { diagnostics } = motoko.compiler.stableCompatible('before.most', 'after.most');
  expect(diagnostics.some(({ severity }: { severity: number }) => severity === 1)).toBe(status === 1);
});

test('a variable that is gone loses its value', async () => {
  const { status, stdout } = await run(
    'compare-signatures',
    put('b.most', signature('a : Nat', 'b : Nat')),
    put('a.most', signature('a : Nat')),
    '--json',
  );
  expect([status, JSON.parse(stdout)]).toEqual([
    1,
    {
      schema: 'stable-memory/signatures/1',
      compatible: true,
      lossless: false,
      changes: [{ name: 'b', change: 'loss', path: '', before: 'Nat' }],
    },
  ]);
});

test('what is not a signature is refused', async () => {
  expect((await run('compare-signatures', put('x.wasm', 'x'), put('a.most', signature('a : Nat')))).stderr).toContain(
    'has no signature of a Motoko program',
  );
});
