import { canistersOfDfx, canistersOfIcp } from '../../../engine/project/canisters.ts';
import { readCrate } from '../../../engine/project/crates.ts';
import { declaredMemories } from '../../../engine/project/sources/declared-memories.ts';
import { readItems } from '../../../engine/project/sources/items.ts';
import { codecOf } from '../../../engine/values/codecs.ts';
import { mutated } from '../mutate.ts';
import { assert, type Reader } from '../reader.ts';

const RUST = String.raw`
type Memory = VirtualMemory<DefaultMemoryImpl>;
pub type UserMap = StableBTreeMap<Principal, (u64, Blob<29>), Memory>;
pub const POSTS: MemoryId = MemoryId::new(0x07);
#[repr(u8)] pub enum Index { Config = 20, Events, Data }
fn memory(id: u8) -> Memory { MANAGER.with_borrow(|m| m.get(MemoryId::new(id))) }
pub fn get_posts_memory() -> Memory { MANAGER.with(|m| m.borrow().get(POSTS)) }
thread_local! {
    static MANAGER: RefCell<MemoryManager<DefaultMemoryImpl>> = RefCell::new(MemoryManager::init(DefaultMemoryImpl::default()));
    /* a /* nested */ comment */
    static USERS: RefCell<UserMap> = RefCell::new(UserMap::init(memory(3)));
    static LOG: RefCell<StableLog<String, Memory, Memory>> =
        RefCell::new(StableLog::init(memory(Index::Events as u8), memory(Index::Data as u8)).expect("a \"log\""));
    static STATE: RefCell<State> = RefCell::new(State { tags: StableVec::init(memory(41)).unwrap(), name: 'x' });
}
struct State { tags: StableVec<[u8; 32], Memory>, name: char }
#[cfg(test)] mod tests { fn open() { let map = StableBTreeMap::<u8, u8, _>::init(get_posts_memory()); } }
const DOC: &'static str = r#"static A: "B" = C;"#;
`;

const DFX = '{"canisters":{"chat":{"type":"rust","package":"chat"},"x":{"type":"custom","build":["cargo build -p x"]}}}';

const ICP = `canisters:
  - name: chat # comment
    recipe:
      type: "@dfinity/rust@v3.2.0"
      configuration:
        package: chat
        metadata: [a, "b"]
  - services/*
  - name: logs
    build:
      steps:
        - commands:
            - |
              cargo build --package logs
`;

const CARGO = '[package]\nname = "chat"\n[dependencies]\nids = { path = "../ids" }\nic-cdk.workspace = true\n';

/** Texts of a project, which anybody may have written. */
export const SOURCE_READER: Reader = {
  name: 'sources',
  cases: 2000,
  maxTime: 2000,
  run(random) {
    const damaged = (text: string): string =>
      new TextDecoder().decode(mutated(random, new TextEncoder().encode(text), [40, 200, 400, 700, 1_000]));
    const text = damaged(RUST);
    const lines = text.split('\n').length;
    for (const { id, from, key, value } of declaredMemories([readItems({ path: 'lib.rs', text })])) {
      assert(Number.isInteger(id) && id >= 0 && id <= 254, () => `There is no memory ${id}.`);
      const line = Number(from.replace('lib.rs:', ''));
      assert(line >= 1 && line <= lines, () => `There is no line ${line}.`);
      for (const codec of [key, value])
        assert(codec === undefined || codecOf(codec) !== undefined, () => `There is no codec ${codec}.`);
    }
    canistersOfDfx(damaged(DFX));
    canistersOfIcp(damaged(ICP), 'icp.yaml');
    readCrate(damaged(CARGO), '');
  },
};
