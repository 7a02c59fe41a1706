//! What the canister remembers: structures in stable memory, and counters that only an upgrade writes there.

use ic_stable_structures::memory_manager::{MemoryId, MemoryManager, VirtualMemory};
use ic_stable_structures::{
    DefaultMemoryImpl, Memory, StableBTreeMap, StableBTreeSet, StableCell, StableLog, StableMinHeap, StableVec,
};
use std::cell::RefCell;

type Part = VirtualMemory<DefaultMemoryImpl>;

pub struct State {
    pub values: StableBTreeMap<String, Vec<u8>, Part>,
    /// Every insertion's key by its number.
    pub insertions: StableBTreeMap<u64, String, Part>,
    /// The size of each inserted value.
    pub sizes: StableVec<u64, Part>,
    pub history: StableLog<String, Part, Part>,
    pub next_number: StableCell<u64, Part>,
    /// The times for which timers are set.
    pub due: StableMinHeap<u64, Part>,
    pub removed: StableBTreeSet<String, Part>,
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
        sizes: StableVec::init(part(2)),
        history: StableLog::init(part(3), part(4)),
        next_number: StableCell::init(part(5), 0),
        due: StableMinHeap::init(part(6)),
        removed: StableBTreeSet::init(part(8)),
        #[cfg(feature = "next")]
        by_size: StableBTreeMap::init(part(7)),
        saved: part(254),
        counters: Counters::default(),
        locked: false,
        pre_upgrade_is_broken: false,
    };
    STATE.set(Some(state));
}

pub fn with<R>(work: impl FnOnce(&mut State) -> R) -> R {
    STATE.with_borrow_mut(|state| work(state.as_mut().expect("the canister is not initialised")))
}

/// Appends a line to the history.
pub fn note(line: &str) {
    with(|state| state.note(line));
}

impl State {
    /// Inserts into every structure. Returns the number of values.
    pub fn insert(&mut self, key: String, value: Vec<u8>) -> u64 {
        let number = *self.next_number.get();
        let size = value.len() as u64;
        self.note(&format!("insert {key}"));
        self.insertions.insert(number, key.clone());
        self.values.insert(key, value);
        self.sizes.push(&size);
        self.next_number.set(number + 1);
        #[cfg(feature = "next")]
        self.by_size.insert(size, number);
        self.values.len()
    }

    pub fn note(&self, line: &str) {
        self.history.append(&line.to_string()).unwrap();
    }

    pub fn save(&self) {
        let bytes = candid::encode_args((self.counters.heartbeats, self.counters.timers, self.counters.upgrades)).unwrap();
        if self.saved.size() == 0 {
            assert!(self.saved.grow(1) >= 0, "stable memory is full");
        }
        self.saved.write(0, &(bytes.len() as u64).to_le_bytes());
        self.saved.write(8, &bytes);
    }

    pub fn restore(&mut self) {
        if self.saved.size() == 0 {
            return;
        }
        let mut size = [0; 8];
        self.saved.read(0, &mut size);
        let mut bytes = vec![0; u64::from_le_bytes(size) as usize];
        self.saved.read(8, &mut bytes);
        let (heartbeats, timers, upgrades) = candid::decode_args(&bytes).expect("the saved counters are damaged");
        self.counters = Counters { heartbeats, timers, upgrades };
    }

    /// Fills what this version adds.
    #[cfg(feature = "next")]
    pub fn migrate(&mut self) {
        for (number, size) in self.sizes.iter().enumerate() {
            self.by_size.insert(size, number as u64);
        }
    }
}
