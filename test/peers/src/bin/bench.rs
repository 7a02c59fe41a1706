//! The speed of the real `ic-stable-structures` 0.7.2: `bench CASE ROUNDS`.
//!
//! Does the work of a case ROUNDS times, each time on fresh memory, after one round that does not count. Writes a line for each
//! measurement: its name, a tab, nanoseconds per operation. `test/bench/structures/work.ts` does the same work with the engine;
//! `cases.ts` there describes it.

use ic_stable_structures::memory_manager::{MemoryId, MemoryManager, VirtualMemory};
use ic_stable_structures::storable::Blob;
use ic_stable_structures::{BTreeMap, Memory, Vec as StableVec, VectorMemory};
use std::cell::{Cell, RefCell};
use std::hint::black_box;
use std::rc::Rc;
use std::time::Instant;

const ENTRIES: u64 = 100_000;
const ITEMS: u64 = 1_000_000;
const BUCKETS: u64 = 10_000;
const MEMORIES: u64 = 10;
const MANAGERS: u64 = 50;
const PAGE: usize = 65_536;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [case, rounds] = arguments.as_slice() else { panic!("usage: bench CASE ROUNDS") };
    let rounds: usize = rounds.parse().expect("a number of rounds");
    let work: fn(&mut Round) = match case.as_str() {
        "map-random" => |round| map(round, &random_keys()),
        "map-ascending" => |round| map(round, &(0..ENTRIES).collect::<Vec<_>>()),
        "map-unbounded" => unbounded_map,
        "manager" => manager,
        "vec" => vec,
        other => panic!("there is no case {other}"),
    };
    for counts in (0..=rounds).map(|round| round > 0) {
        work(&mut Round { counts });
    }
}

struct Round {
    counts: bool,
}

impl Round {
    fn measure<R>(&self, name: &str, operations: u64, work: impl FnOnce() -> R) -> R {
        let start = Instant::now();
        let result = work();
        let nanoseconds = start.elapsed().as_nanos() as f64 / operations as f64;
        if self.counts {
            println!("{name}\t{nanoseconds}");
        }
        result
    }
}

fn map(round: &mut Round, keys: &[u64]) {
    let value = Blob::<32>::try_from([7u8; 32].as_slice()).expect("32 bytes fit");
    let mut map: BTreeMap<u64, Blob<32>, _> = BTreeMap::init(memory());
    let ascending = keys.windows(2).all(|pair| pair[0] < pair[1]);
    let order = if ascending { keys.to_vec() } else { shuffled(keys) };
    round.measure("insert", ENTRIES, || keys.iter().for_each(|key| assert!(map.insert(*key, value).is_none())));
    round.measure("get", ENTRIES, || order.iter().for_each(|key| assert!(black_box(map.get(key)).is_some())));
    let entries = round.measure("iterate", ENTRIES, || map.iter().map(|entry| black_box(entry.into_pair())).count());
    assert_eq!(entries as u64, ENTRIES);
    round.measure("overwrite", ENTRIES, || order.iter().for_each(|key| assert!(map.insert(*key, value).is_some())));
    round.measure("remove", ENTRIES, || order.iter().for_each(|key| assert!(map.remove(key).is_some())));
}

fn unbounded_map(round: &mut Round) {
    let keys = random_keys();
    let value = vec![7u8; 32];
    let mut map: BTreeMap<u64, Vec<u8>, _> = BTreeMap::init(memory());
    round.measure("insert", ENTRIES, || keys.iter().for_each(|key| assert!(map.insert(*key, value.clone()).is_none())));
    round.measure("get", ENTRIES, || keys.iter().for_each(|key| assert!(black_box(map.get(key)).is_some())));
    round.measure("remove", ENTRIES, || keys.iter().for_each(|key| assert!(map.remove(key).is_some())));
}

fn manager(round: &mut Round) {
    let managed: Vec<_> = (0..MANAGERS)
        .map(|_| {
            let memory = Rc::new(FirstPage::default());
            let manager = MemoryManager::init_with_bucket_size(memory.clone(), 1);
            (memory, (0..MEMORIES).map(|id| manager.get(MemoryId::new(id as u8))).collect::<Vec<_>>())
        })
        .collect();
    round.measure("grow", MANAGERS * BUCKETS, || {
        for (_, memories) in &managed {
            for memory in memories.iter().cycle().take(BUCKETS as usize) {
                assert!(memory.grow(1) >= 0);
            }
        }
    });
    round.measure("load", MANAGERS, || {
        for (memory, _) in &managed {
            black_box(MemoryManager::init_with_bucket_size(memory.clone(), 1));
        }
    });
}

fn vec(round: &mut Round) {
    let vec: StableVec<u64, _> = StableVec::init(memory());
    round.measure("push", ITEMS, || (0..ITEMS).for_each(|item| vec.push(&item)));
    let sum = round.measure("get", ITEMS, || (0..ITEMS).filter_map(|index| vec.get(index)).sum::<u64>());
    assert_eq!(sum, ITEMS * (ITEMS - 1) / 2);
    let sum = round.measure("iterate", ITEMS, || vec.iter().sum::<u64>());
    assert_eq!(sum, ITEMS * (ITEMS - 1) / 2);
}

fn memory() -> VirtualMemory<VectorMemory> {
    MemoryManager::init(VectorMemory::default()).get(MemoryId::new(0))
}

/// A memory with only the first page, which has the manager's tables. It measures the cost of growing without that of the memory.
#[derive(Default)]
struct FirstPage {
    pages: Cell<u64>,
    bytes: RefCell<Vec<u8>>,
}

impl Memory for FirstPage {
    fn size(&self) -> u64 {
        self.pages.get()
    }

    fn grow(&self, pages: u64) -> i64 {
        self.bytes.borrow_mut().resize(PAGE, 0);
        self.pages.replace(self.pages.get() + pages) as i64
    }

    fn read(&self, offset: u64, into: &mut [u8]) {
        let start = offset as usize;
        into.copy_from_slice(&self.bytes.borrow()[start..start + into.len()]);
    }

    fn write(&self, offset: u64, bytes: &[u8]) {
        let start = offset as usize;
        self.bytes.borrow_mut()[start..start + bytes.len()].copy_from_slice(bytes);
    }
}

/// A generator of the same numbers in every run, and in the engine's benchmark.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0
    }
}

fn random_keys() -> Vec<u64> {
    let mut random = Random(12_345);
    (0..ENTRIES).map(|_| random.next()).collect()
}

fn shuffled(keys: &[u64]) -> Vec<u64> {
    let mut random = Random(54_321);
    let mut keys = keys.to_vec();
    for last in (1..keys.len()).rev() {
        keys.swap(last, ((random.next() >> 33) % (last as u64 + 1)) as usize);
    }
    keys
}
