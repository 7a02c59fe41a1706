//! What the canister remembers: structures in stable memory, and counters that only an upgrade writes there.

use ic_stable_structures::memory_manager::{MemoryId, MemoryManager, VirtualMemory};
use ic_stable_structures::storable::Blob;
use ic_stable_structures::{DefaultMemoryImpl, Memory, StableBTreeMap, StableCell, StableLog, StableMinHeap, StableVec};
use std::cell::RefCell;
use std::convert::TryFrom;

type Part = VirtualMemory<DefaultMemoryImpl>;
pub type Key = Blob<32>;
pub type Value = Blob<256>;

pub struct State {
    pub values: StableBTreeMap<Key, Value, Part>,
    /// Every insertion's key by its number.
    pub insertions: StableBTreeMap<u64, Key, Part>,
    /// The size of each inserted value.
    pub sizes: StableVec<u64, Part>,
    pub history: StableLog<String, Part, Part>,
    pub next_number: StableCell<u64, Part>,
    /// The times for which timers are set.
    pub due: StableMinHeap<u64, Part>,
    /// The number of the last insertion of each size.
    #[cfg(feature = "next")]
    pub by_size: StableBTreeMap<u64, u64, Part>,
    saved: Part,
    pub counters: Counters,
    /// Says that inspect_message accepts `insert` only.
    pub locked: bool,
    pub pre_upgrade_is_broken: bool,
}

/// Counters in main memory. `pre_upgrade` saves them, and `post_upgrade` reads them back.
#[derive(Default)]
pub struct Counters {
    pub heartbeats: u64,
    pub timers: u64,
    pub upgrades: u64,
}

thread_local! {
    static STATE: RefCell<Option<State>> = const { RefCell::new(None) };
}

/// Opens the structures. They begin empty if stable memory is empty.
pub fn open() {
    let manager = MemoryManager::init(DefaultMemoryImpl::default());
    let part = |id| manager.get(MemoryId::new(id));
    let state = State {
        values: StableBTreeMap::init(part(0)),
        insertions: StableBTreeMap::init(part(1)),
        sizes: StableVec::init(part(2)).unwrap(),
        history: StableLog::init(part(3), part(4)).unwrap(),
        next_number: StableCell::init(part(5), 0).unwrap(),
        due: StableMinHeap::init(part(6)).unwrap(),
        #[cfg(feature = "next")]
        by_size: StableBTreeMap::init(part(7)),
        saved: part(254),
        counters: Counters::default(),
        locked: false,
        pre_upgrade_is_broken: false,
    };
    STATE.with(|cell| *cell.borrow_mut() = Some(state));
}

pub fn with<R>(work: impl FnOnce(&mut State) -> R) -> R {
    STATE.with(|cell| work(cell.borrow_mut().as_mut().expect("the canister is not initialised")))
}

/// Returns the key of a text. Panics if it is too long.
pub fn key(text: &str) -> Key {
    Key::try_from(text.as_bytes()).expect("a key has at most 32 bytes")
}

impl State {
    /// Inserts into every structure. Returns the number of values.
    pub fn insert(&mut self, text: &str, bytes: &[u8]) -> u64 {
        let value = Value::try_from(bytes).expect("a value has at most 256 bytes");
        let number = *self.next_number.get();
        self.values.insert(key(text), value);
        self.insertions.insert(number, key(text));
        self.sizes.push(&(bytes.len() as u64)).unwrap();
        self.note(&format!("insert {}", text));
        self.next_number.set(number + 1).unwrap();
        #[cfg(feature = "next")]
        self.by_size.insert(bytes.len() as u64, number);
        self.values.len()
    }

    /// Appends a line to the history.
    pub fn note(&self, line: &str) {
        self.history.append(&line.to_string()).unwrap();
    }

    pub fn save(&self) {
        let Counters { heartbeats, timers, upgrades } = self.counters;
        let bytes: Vec<u8> = [heartbeats, timers, upgrades].iter().flat_map(|number| number.to_le_bytes()).collect();
        if self.saved.size() == 0 {
            assert!(self.saved.grow(1) >= 0, "stable memory is full");
        }
        self.saved.write(0, &(bytes.len() as u64).to_le_bytes());
        self.saved.write(8, &bytes);
    }

    pub fn restore(&mut self) {
        let number = |at| {
            let mut bytes = [0; 8];
            self.saved.read(at, &mut bytes);
            u64::from_le_bytes(bytes)
        };
        if self.saved.size() == 0 {
            return;
        }
        assert!(number(0) == 24, "the saved counters are damaged");
        self.counters = Counters { heartbeats: number(8), timers: number(16), upgrades: number(24) };
    }

    /// Fills what this version adds.
    #[cfg(feature = "next")]
    pub fn migrate(&mut self) {
        for (number, size) in self.sizes.iter().enumerate() {
            self.by_size.insert(size, number as u64);
        }
    }
}
