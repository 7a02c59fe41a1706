/** Sources in the styles of real canisters. */
import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { declaredMemories } from '../../../../engine/project/sources/declared-memories.ts';
import { readItems } from '../../../../engine/project/sources/items.ts';

const MANAGER = `
type Memory = VirtualMemory<DefaultMemoryImpl>;
thread_local! {
    static MEMORY_MANAGER: RefCell<MemoryManager<DefaultMemoryImpl>> =
        RefCell::new(MemoryManager::init(DefaultMemoryImpl::default()));
}
`;

function declared(...texts: readonly string[]) {
  return declaredMemories(texts.map((text, index) => readItems({ path: `src/file${index}.rs`, text })));
}

/** Returns the names by memory id. */
function names(...texts: readonly string[]): Readonly<Record<number, string>> {
  return Object.fromEntries(declared(MANAGER, ...texts).map(({ id, name }) => [id, name]));
}

describe('a static with its id', () => {
  const source = `
thread_local! {
    // Initialize a map in memory 9: MemoryId::new(9).
    static USERS: RefCell<StableBTreeMap<Principal, User, Memory>> = RefCell::new(
        StableBTreeMap::init(
            MEMORY_MANAGER.with(|m| m.borrow().get(MemoryId::new(3))),
        )
    );
}`;
  test('names the memory', () =>
    expect(declared(MANAGER, source)).toEqual([
      {
        id: 3,
        name: 'users',
        from: 'src/file1.rs:4',
        type: 'StableBTreeMap<Principal, User>',
        structure: 'btreemap',
        key: 'principal',
        value: undefined,
      },
    ]));
  test.each([
    [
      'with_borrow',
      'static A: RefCell<StableVec<u8, Memory>> = RefCell::new(StableVec::init(M.with_borrow(|m| m.get(MemoryId::new(1)))));',
    ],
    [
      'unwrap',
      'static A: RefCell<StableVec<u8, Memory>> = RefCell::new(StableVec::init(M.with(|m| m.borrow().get(MemoryId::new(1)))).unwrap());',
    ],
    [
      'a block',
      'static A: RefCell<StableVec<u8, Memory>> = { let m = M.with(|m| m.borrow().get(MemoryId::new(1))); RefCell::new(StableVec::init(m)) };',
    ],
    ['a closure around it', 'static A: StableVec<u8, Memory> = M.with(|m| StableVec::init(m.borrow().get(MemoryId::new(1))));'],
    [
      'a closure with a block',
      'static A: StableVec<u8, Memory> = M.with(|m| { let m = m.borrow(); StableVec::init(m.get(MemoryId::new(1))) });',
    ],
    [
      'a turbofish',
      'static A: RefCell<S> = RefCell::new(StableVec::<u8, Memory>::init(M.with(|m| m.borrow().get(MemoryId::new(1)))));',
    ],
    [
      'a path',
      'static A: RefCell<ic_stable_structures::Vec<u8, Memory>> = RefCell::new(ic_stable_structures::Vec::init(M.with(|m| m.borrow().get(MemoryId::new(1)))));',
    ],
    [
      'a static without thread_local',
      'static A: Lazy<Mutex<StableVec<u8, Memory>>> = Lazy::new(|| Mutex::new(StableVec::init(m().get(MemoryId::new(1)))));',
    ],
    [
      'a structure of the program',
      'static A: RefCell<Files<Memory>> = RefCell::new(Files::open(M.with(|m| m.borrow().get(MemoryId::new(1)))));',
    ],
  ])('with %s', (_, source) => expect(names(source)).toEqual({ 1: 'a' }));
});

describe('ids elsewhere', () => {
  const use = (id: string) =>
    `thread_local! { static USERS: RefCell<StableBTreeMap<u64, u64, Memory>> = RefCell::new(StableBTreeMap::init(${id})); }`;
  test.each([
    ['a constant', 'MEMORY_MANAGER.with(|m| m.borrow().get(USERS_MEM))', 'const USERS_MEM: MemoryId = MemoryId::new(3);'],
    ['a constant number', 'MEMORY_MANAGER.with(|m| m.borrow().get(MemoryId::new(ID)))', 'pub const ID: u8 = 0x03;'],
    [
      'a constant in a module',
      'get(crate::ids::USERS)',
      'pub mod ids { pub const USERS: MemoryId = MemoryId::new(3); } fn get(id: MemoryId) -> Memory { MEMORY_MANAGER.with(|m| m.borrow().get(id)) }',
    ],
    [
      'a function',
      'get_users_memory()',
      'const USERS: MemoryId = MemoryId::new(3); pub fn get_users_memory() -> Memory { get_memory(USERS) } fn get_memory(id: MemoryId) -> Memory { MEMORY_MANAGER.with(|m| m.borrow().get(id)) }',
    ],
    [
      'a function of a number',
      'memory(3)',
      'fn memory(id: u8) -> Memory { MEMORY_MANAGER.with_borrow(|m| m.get(MemoryId::new(id))) }',
    ],
    [
      'a function in a module',
      'storage::memory(USERS)',
      'const USERS: u8 = 3; fn memory(id: u8) -> Memory { MEMORY_MANAGER.with_borrow(|m| m.get(MemoryId::new(id))) }',
    ],
    ['an enum', 'm().get(MemoryId::new(Index::Users as u8))', 'enum Index { Config = 2, Users }'],
    [
      'a function of an enum',
      'memory(Index::Users)',
      'enum Index { A, B, C, Users } fn memory(i: Index) -> Memory { M.with_borrow(|m| m.get(MemoryId::new(i as u8))) }',
    ],
  ])('as %s, in another file', (_, id, other) => expect(names(use(id), other)).toEqual({ 3: 'users' }));

  test('in fields of a state', () => {
    const fields = names(
      `struct State { users: UserMap, posts: StableVec<u8, Memory> }
       type UserMap = StableBTreeMap<Principal, User, Memory>;
       impl State { fn new(m: &MemoryManager<D>) -> Self { Self { users: UserMap::init(m.get(MemoryId::new(0))), posts: StableVec::init(m.get(MemoryId::new(1))).expect("posts") } } }`,
    );
    expect(fields).toEqual({ 0: 'users', 1: 'posts' });
  });
  test('in functions that open a structure', () => {
    const source = `pub fn init_users() -> StableBTreeMap<Principal, User, Memory> { StableBTreeMap::init(get_users_memory()) }
      fn get_users_memory() -> Memory { MEMORY_MANAGER.with(|m| m.borrow().get(USERS_MEMORY_ID)) }
      const USERS_MEMORY_ID: MemoryId = MemoryId::new(5);`;
    expect(declared(MANAGER, source)).toMatchObject([{ id: 5, name: 'users', from: 'src/file1.rs:3' }]);
  });
  test.each([
    [
      'a field that is the only memory of a static',
      'struct State { users: StableVec<u8, M> } thread_local! { static STATE: RefCell<State> = RefCell::new(State { users: StableVec::init(m().get(MemoryId::new(0))), n: 1 }); }',
      { 0: 'users' },
    ],
    [
      'a static with words that are cut off elsewhere',
      'static NEXT_NOTE_ID: StableCell<u64, M> = StableCell::init(m().get(MemoryId::new(0)), 1);',
      { 0: 'next_note_id' },
    ],
    ['a constant with such words', 'const NEXT_ID_MEMORY_ID: MemoryId = MemoryId::new(0);', { 0: 'next_id' }],
    ['a constant that begins with its kind', 'const MEMORY_ID_OPEN_ORDERS: MemoryId = MemoryId::new(0);', { 0: 'open_orders' }],
    [
      'a variable says less than the constant',
      'const USERS: MemoryId = MemoryId::new(0); fn f() { let map = StableVec::init(m().get(USERS)); }',
      { 0: 'users' },
    ],
  ])('%s', (_, source, expected) => expect(names(source)).toEqual(expected));
  test('the type of a structure of the program is not that of its parts', () =>
    expect(
      declared('static FILES: RefCell<FileStore<Vec<u8>, Memory>> = RefCell::new(open_files(m().get(MemoryId::new(0))));'),
    ).toMatchObject([{ name: 'files', structure: undefined, type: undefined }]));
  test('only in constants and functions', () =>
    expect(
      names(`const UPGRADES: MemoryId = MemoryId::new(0);
        const STABLE_MAP_MEMORY_ID: MemoryId = MemoryId::new(1);
        pub fn get_upgrades_memory() -> Memory { MEMORY_MANAGER.with(|m| m.borrow().get(UPGRADES)) }
        pub fn get_blobs_memory() -> Memory { MEMORY_MANAGER.with(|m| m.borrow().get(MemoryId::new(2))) }`),
    ).toEqual({ 0: 'upgrades', 1: 'stable_map', 2: 'blobs' }));
  test('a log has two memories', () =>
    expect(
      declared(
        MANAGER,
        'thread_local! { static EVENTS: RefCell<StableLog<String, Memory, Memory>> = RefCell::new(StableLog::init(M.with(|m| m.borrow().get(MemoryId::new(1))), M.with(|m| m.borrow().get(MemoryId::new(2)))).unwrap()); }',
      ),
    ).toMatchObject([
      { id: 1, name: 'events (index)', structure: 'log', value: 'text' },
      { id: 2, name: 'events (data)', structure: undefined },
    ]));
  test('a static with the same name in every file is called like its constant', () => {
    const file = (id: string) =>
      `thread_local! { static DB: RefCell<StableBTreeMap<u64, u64, Memory>> = RefCell::new(StableBTreeMap::init(m().get(${id}))); }`;
    const ids = 'pub const USER_ID: MemoryId = MemoryId::new(1); pub const ACCOUNT_ID: MemoryId = MemoryId::new(2);';
    expect(names(file('USER_ID'), file('ACCOUNT_ID'), ids)).toEqual({ 1: 'user', 2: 'account' });
  });
});

describe('never a wrong name', () => {
  const of = (name: string, id: number) =>
    `thread_local! { static ${name}: RefCell<StableBTreeMap<u64, u64, Memory>> = RefCell::new(StableBTreeMap::init(m().get(MemoryId::new(${id})))); }`;
  test.each([
    ['two statics claim it', [of('A', 0), of('B', 0)]],
    ['two constants claim it', ['const A: MemoryId = MemoryId::new(0); const B: MemoryId = MemoryId::new(0);']],
    [
      'its number is computed',
      [
        'static A: RefCell<StableVec<u8, M>> = RefCell::new(StableVec::init(m().get(MemoryId::new(BASE + 1)))); const BASE: u8 = 1;',
      ],
    ],
    ['its number is an argument', ['fn open(id: u8) -> StableVec<u8, M> { StableVec::init(m().get(MemoryId::new(id))) }']],
    ['its number has two values', [of('X', 9).replace('9', 'ID'), 'const ID: u8 = 1;', 'const ID: u8 = 2;']],
    ['it is in a test', [`#[cfg(test)] mod tests { ${of('A', 0)} }`]],
    ['it is in a comment', [`/* ${of('A', 0)} */ // ${of('B', 1)}`]],
    ['it is in a text', [`const DOC: &str = r#"${of('A', 0)}"#;`]],
    ['it is in a macro', [`macro_rules! map { ($n:ident) => { ${of('A', 0)} } }`]],
    ['it is only mentioned', ['fn used() -> bool { m().get(MemoryId::new(0)).size() > 0 }']],
    [
      'two memories are behind one static',
      ['static A: RefCell<Index<Memory>> = RefCell::new(Index::new(m().get(MemoryId::new(0)), m().get(MemoryId::new(1))));'],
    ],
    [
      'another type has a function of that name',
      [
        'struct S; impl S { fn new() -> Self { S(m().get(MemoryId::new(0))) } } static CACHE: RefCell<Cache> = RefCell::new(Cache::new());',
      ],
    ],
    ['it is the id of no memory', [of('A', 255)]],
    [
      'a function only works on it',
      ['fn post_upgrade() { StableBTreeMap::<u64, u64, M>::init(m().get(MemoryId::new(0))).clear_new(); }'],
    ],
    ['only a variable has it', ['fn migrate() { let old = StableVec::<u64, M>::init(m().get(MemoryId::new(0))); }']],
    [
      'a function computes its number',
      ['static A: Cell<Memory> = Cell::new(memory(0)); fn memory(id: u8) -> M { m().get(MemoryId::new(id + 1)) }'],
    ],
    ['the map is on the heap', ['static A: RefCell<BTreeMap<u64, u64>> = RefCell::new(BTreeMap::new());']],
  ])('%s', (_, sources) => expect(names(...sources)).toEqual({}));

  test('statics agree with their constants', () =>
    expect(names(of('USERS', 0).replace('MemoryId::new(0)', 'ACCOUNTS'), 'const ACCOUNTS: MemoryId = MemoryId::new(0);')).toEqual(
      {
        0: 'users',
      },
    ));

  const piece = fc.constantFrom(
    'static A: B<C> = ',
    'StableVec::init(',
    'MemoryId::new(',
    '3',
    ')',
    ';',
    '{',
    '}',
    'fn f() -> Memory ',
    'f()',
    'const X: MemoryId = ',
    'X',
    '<',
    '>',
    'let m = ',
    'm',
    '|m|',
    'type T = T',
    'enum E { A',
    ',',
    'Self { a: ',
    'E::A as u8',
    '::',
    '.',
  );
  property.prop([fc.array(piece, { maxLength: 50 })])('no order of tokens makes it throw', (pieces) => {
    for (const { id, name, from } of declared(pieces.join(' '))) {
      expect(id).toBeLessThanOrEqual(254);
      expect(name).not.toBe('');
      expect(from).toMatch(/^src\/file0\.rs:1$/);
    }
  });
});

describe('codecs of types', () => {
  const codec = (type: string, other = '') =>
    declared(
      MANAGER,
      `thread_local! { static A: RefCell<StableCell<${type}, Memory>> = RefCell::new(StableCell::init(m().get(MemoryId::new(0)), x()).unwrap()); } ${other}`,
    )[0]?.value;
  test.each([
    ['u8', 'u8'],
    ['u16', 'u16-be'],
    ['u128', 'u128-be'],
    ['f64', 'f64-be'],
    ['bool', 'bool'],
    ['String', 'text'],
    ['candid::Principal', 'principal'],
    ['Option<u64>', 'storable.option(u64-be)'],
    ['Reverse<u64>', 'storable.reverse(u64-be)'],
    ['[u8; 32]', 'storable.array(32)'],
    ['Blob<29>', 'storable.blob(29)'],
    ['(Principal, u64)', 'storable.tuple(principal, u64-be)'],
    ['(u64, u32, bool)', 'storable.tuple(u64-be, u32-be, bool)'],
  ])('%s', (type, expected) => expect(codec(type)).toBe(expected));
  test.each([
    'User',
    'Vec<u8>',
    'i64',
    'usize',
    '()',
    'Option<User>',
    '[u16; 4]',
    '[u8; N]',
    'Cbor<String>',
    '(String, u64)',
    '&str',
  ])('%s says nothing certain', (type) => expect(codec(type)).toBeUndefined());
  test('an alias is what it stands for', () => expect(codec('UserId', 'type UserId = Principal;')).toBe('principal'));
  test('an alias of itself is nothing', () => expect(codec('UserId', 'type UserId = UserId;')).toBeUndefined());
  test('a type of the program may hide the usual one', () =>
    expect(codec('Principal', 'struct Principal(String);')).toBeUndefined());
});
