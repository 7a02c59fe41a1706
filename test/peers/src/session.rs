//! One image, and the structures that are open in it. This file is compiled once for each release of the library.
//!
//! | step                                   | does                                                                        |
//! |----------------------------------------|-----------------------------------------------------------------------------|
//! | `load` image                           | starts with the bytes of a file instead of an empty image                   |
//! | `store` image                          | writes the image to a file                                                  |
//! | `manage` bucketPages                   | puts a memory manager over the image                                        |
//! | `window` memory, start, end            | names a range of the image's pages (`RestrictedMemory`)                     |
//! | `open` memory, kind, …; `new`: true    | opens a structure, or creates a new one                                     |
//! | `reload`                               | drops everything that is not in the image, and opens everything again       |
//! | `grow`, `write`, `save`, `read` memory | works on a plain memory, if the range fits; `save` and `read` are buffered  |
//! | any other                              | an operation of the structure at `memory`; indexes count modulo its length  |
//! | `list`                                 | all elements of all structures                                              |
//! | `checkpoint`                           | answers with the image and the results                                      |

use super::library::memory_manager::{MemoryId, MemoryManager};
use super::library::reader::{BufferedReader, Reader};
use super::library::storable::Storable;
use super::library::writer::{BufferedWriter, Writer};
use super::library::{BTreeMap as StableMap, Cell, Log, Memory, MinHeap, RestrictedMemory, Vec as StableVec};
use super::Bounded;
use crate::json::{bytes, hex, number, text};
use serde_json::{json, Value};
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::io::{Read, Write};
use std::rc::Rc;

type Image = Rc<RefCell<Vec<u8>>>;

/// A virtual memory, a window, or the image itself.
#[derive(Clone)]
struct AnyMemory(Rc<dyn Memory>);

impl Memory for AnyMemory {
    fn size(&self) -> u64 {
        self.0.size()
    }
    fn grow(&self, pages: u64) -> i64 {
        self.0.grow(pages)
    }
    fn read(&self, offset: u64, dst: &mut [u8]) {
        self.0.read(offset, dst)
    }
    fn write(&self, offset: u64, src: &[u8]) {
        self.0.write(offset, src)
    }
}

const UNBOUNDED: u32 = u32::MAX;

/// Bytes with a bound, ordered by their bytes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Item<const MAX: u32, const FIXED: bool>(Vec<u8>);

impl<const MAX: u32, const FIXED: bool> From<Vec<u8>> for Item<MAX, FIXED> {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl_storable!(Item);

/// The field of a step with an item, a key or a value.
fn item<T: From<Vec<u8>>>(step: &Value, field: &str) -> T {
    T::from(bytes(step, field))
}

fn hex_or_null<T: Storable>(item: Option<T>) -> Value {
    item.map_or(Value::Null, |item| hex(&item.to_bytes()).into())
}

/// Opens a Vec or a MinHeap with the item type of the step.
macro_rules! open_items {
    ($step:expr, $new:expr, $kind:ident, $memory:expr, $(($max:pat, $fixed:literal) => $item:ty),+) => {
        match bound($step, "item") {
            $(($max, $fixed) => Box::new(if $new { done!($kind::<$item, _>::new($memory)) } else { done!($kind::init($memory)) }),)+
            _ => unknown($step),
        }
    };
    ($step:expr, $new:expr, $kind:ident, $memory:expr) => {
        open_items!($step, $new, $kind, $memory,
            (8, true) => Item<8, true>, (3, false) => Item<3, false>, (300, false) => Item<300, false>, (70_000, false) => Item<70_000, false>)
    };
}

fn pair<K: Storable, V: Storable>((key, value): (K, V)) -> Value {
    json!([hex(&key.to_bytes()), hex(&value.to_bytes())])
}

trait Structure {
    fn apply(&mut self, step: &Value) -> Value;
    fn list(&self) -> Value;
}

fn unknown(step: &Value) -> ! {
    panic!("there is no such step: {step}")
}

impl<T: Bounded + From<Vec<u8>>> Structure for StableVec<T, AnyMemory> {
    fn apply(&mut self, step: &Value) -> Value {
        match text(step, "do") {
            "push" => done!(self.push(&item(step, "item"))).into(),
            "set" if self.is_empty() => Value::Null,
            "set" => self.set(number(step, "index") % self.len(), &item(step, "item")).into(),
            "at" => hex_or_null(self.get(number(step, "index"))),
            "pop" => hex_or_null(self.pop()),
            _ => unknown(step),
        }
    }
    fn list(&self) -> Value {
        self.iter().map(|item| hex(&item.to_bytes())).collect()
    }
}

impl<T: Bounded + PartialOrd + From<Vec<u8>>> Structure for MinHeap<T, AnyMemory> {
    fn apply(&mut self, step: &Value) -> Value {
        match text(step, "do") {
            "push" => done!(self.push(&item(step, "item"))).into(),
            "peek" => hex_or_null(self.peek()),
            "pop" => hex_or_null(self.pop()),
            _ => unknown(step),
        }
    }
    fn list(&self) -> Value {
        self.iter().map(|item| hex(&item.to_bytes())).collect()
    }
}

type Unbounded = Item<UNBOUNDED, false>;

impl Structure for Cell<Unbounded, AnyMemory> {
    fn apply(&mut self, step: &Value) -> Value {
        match text(step, "do") {
            "set" => hex_or_null(Some(done!(self.set(item(step, "item"))))),
            _ => unknown(step),
        }
    }
    fn list(&self) -> Value {
        json!([hex(&self.get().0)])
    }
}

impl Structure for Log<Unbounded, AnyMemory, AnyMemory> {
    fn apply(&mut self, step: &Value) -> Value {
        match text(step, "do") {
            "append" => self.append(&item(step, "item")).expect("the log grows").into(),
            "at" => hex_or_null(self.get(number(step, "index"))),
            _ => unknown(step),
        }
    }
    fn list(&self) -> Value {
        self.iter().map(|item| hex(&item.0)).collect()
    }
}

impl<K, V> Structure for StableMap<K, V, AnyMemory>
where
    K: Bounded + Ord + Clone + From<Vec<u8>>,
    V: Bounded + From<Vec<u8>>,
{
    fn apply(&mut self, step: &Value) -> Value {
        match text(step, "do") {
            "insert" => hex_or_null(self.insert(item(step, "key"), item(step, "value"))),
            "remove" => hex_or_null(self.remove(&item(step, "key"))),
            "get" => hex_or_null(self.get(&item(step, "key"))),
            "popFirst" => since_0_6!(step, self.pop_first().map_or(Value::Null, pair)),
            "popLast" => since_0_6!(step, self.pop_last().map_or(Value::Null, pair)),
            "clear" => since_0_6!(step, self.clear_new().into()),
            _ => unknown(step),
        }
    }
    fn list(&self) -> Value {
        self.iter().map(|entry| pair(entry!(entry))).collect()
    }
}

items_since_0_6! {
    impl<K: Bounded + Ord + Clone + From<Vec<u8>>> Structure for super::library::BTreeSet<K, AnyMemory> {
        fn apply(&mut self, step: &Value) -> Value {
            match text(step, "do") {
                "insert" => self.insert(item(step, "key")).into(),
                "remove" => self.remove(&item(step, "key")).into(),
                "get" => self.contains(&item(step, "key")).into(),
                "popFirst" => hex_or_null(self.pop_first()),
                "popLast" => hex_or_null(self.pop_last()),
                "clear" => self.clear().into(),
                _ => unknown(step),
            }
        }
        fn list(&self) -> Value {
            self.iter().map(|key| hex(&key.to_bytes())).collect()
        }
    }

    fn open_set(step: &Value, new: bool, memory: AnyMemory) -> Box<dyn Structure> {
        match bound(step, "key") {
            (8, true) => made_set::<Item<8, true>>(new, memory),
            (29, false) => made_set::<Item<29, false>>(new, memory),
            (UNBOUNDED, false) => made_set::<Unbounded>(new, memory),
            _ => unknown(step),
        }
    }

    fn made_set<K>(new: bool, memory: AnyMemory) -> Box<dyn Structure>
    where
        K: Bounded + Ord + Clone + From<Vec<u8>> + 'static,
    {
        use super::library::BTreeSet;
        Box::new(if new { BTreeSet::<K, _>::new(memory) } else { BTreeSet::<K, _>::init(memory) })
    }
}

#[derive(Default)]
pub struct Session {
    image: Image,
    manager: Option<MemoryManager<Image>>,
    /// Windows in place of memories of a manager, by number.
    windows: HashMap<u64, AnyMemory>,
    structures: BTreeMap<u64, Box<dyn Structure>>,
    /// The steps that set everything up, to be repeated by `reload`.
    setup: Vec<Value>,
    results: Vec<Value>,
}

impl Session {
    /// Runs a step. Returns the answer, if it asks for one.
    pub fn step(&mut self, step: &Value) -> Option<Value> {
        match text(step, "do") {
            "checkpoint" => return Some(self.answer()),
            "load" => {
                let bytes = std::fs::read(text(step, "image")).expect("the image can be read");
                self.image = Rc::new(RefCell::new(bytes));
            }
            "store" => std::fs::write(text(step, "image"), &*self.image.borrow()).expect("the image can be written"),
            "reload" => self.reload(),
            "manage" | "window" | "open" => {
                self.set_up(step, step["new"] == true);
                self.setup.push(step.clone());
            }
            "list" => {
                let all = self.structures.iter().map(|(memory, structure)| json!([memory, structure.list()])).collect();
                self.results.push(all);
            }
            _ => {
                let result = self.apply(step);
                self.results.push(result);
            }
        }
        None
    }

    fn answer(&mut self) -> Value {
        let image = self.image.borrow();
        let results = std::mem::take(&mut self.results);
        json!({ "pages": image.len() / 65536, "sha256": hex(&Sha256::digest(&*image)), "results": results })
    }

    fn reload(&mut self) {
        self.structures.clear();
        self.manager = None;
        for step in std::mem::take(&mut self.setup) {
            self.set_up(&step, false);
            self.setup.push(step);
        }
    }

    fn set_up(&mut self, step: &Value, new: bool) {
        match text(step, "do") {
            "manage" => {
                let pages = number(step, "bucketPages") as u16;
                self.manager = Some(MemoryManager::init_with_bucket_size(self.image.clone(), pages));
            }
            "window" => {
                let window = RestrictedMemory::new(self.image.clone(), number(step, "start")..number(step, "end"));
                self.windows.insert(number(step, "memory"), AnyMemory(Rc::new(window)));
            }
            _ => {
                let structure = self.open(step, new);
                self.structures.insert(number(step, "memory"), structure);
            }
        }
    }

    fn memory(&self, number: u64) -> AnyMemory {
        match (self.windows.get(&number), &self.manager) {
            (Some(window), _) => window.clone(),
            (None, Some(manager)) => AnyMemory(Rc::new(manager.get(MemoryId::new(number as u8)))),
            (None, None) => AnyMemory(Rc::new(self.image.clone())),
        }
    }

    fn open(&self, step: &Value, new: bool) -> Box<dyn Structure> {
        let memory = self.memory(number(step, "memory"));
        match text(step, "kind") {
            "vec" => open_items!(step, new, StableVec, memory),
            "minheap" => open_items!(step, new, MinHeap, memory),
            "btreemap" => open_map(step, new, memory),
            "btreeset" => since_0_6!(step, open_set(step, new, memory)),
            "cell" => {
                let initial: Unbounded = item(step, "initial");
                Box::new(if new { done!(Cell::new(memory, initial)) } else { done!(Cell::init(memory, initial)) })
            }
            "log" => {
                let data = self.memory(number(step, "data"));
                Box::new(if new { Log::<Unbounded, _, _>::new(memory, data) } else { done!(Log::init(memory, data)) })
            }
            _ => unknown(step),
        }
    }

    fn apply(&mut self, step: &Value) -> Value {
        let id = number(step, "memory");
        if let Some(structure) = self.structures.get_mut(&id) {
            return structure.apply(step);
        }
        let mut memory = self.memory(id);
        match text(step, "do") {
            "grow" => memory.grow(number(step, "by")).into(),
            "write" if !holds(&memory, number(step, "at"), bytes(step, "bytes").len()) => Value::Null,
            "write" => memory.write(number(step, "at"), &bytes(step, "bytes")).into(),
            "save" => {
                let writer = Writer::new(&mut memory, number(step, "at"));
                let mut writer = BufferedWriter::new(number(step, "capacity") as usize, writer);
                for piece in step["pieces"].as_array().expect("pieces are a list") {
                    writer.write_all(&bytes(piece, "bytes")).expect("the memory grows");
                }
                writer.flush().expect("the memory grows").into()
            }
            "read" => {
                let mut found = vec![0; number(step, "length") as usize];
                let mut reader = BufferedReader::new(number(step, "capacity") as usize, Reader::new(&memory, number(step, "at")));
                let mut length = 0;
                loop {
                    match reader.read(&mut found[length..]).expect("reading ends without an error") {
                        0 => return hex(&found[..length]).into(),
                        more => length += more,
                    }
                }
            }
            #[cfg(feature = "reclaim")]
            "reclaim" => self.manager.as_ref().expect("a manager").reclaim_memory(MemoryId::new(id as u8)).into(),
            _ => unknown(step),
        }
    }
}

fn holds(memory: &AnyMemory, at: u64, length: usize) -> bool {
    at + length as u64 <= memory.size() * 65536
}

/// Returns the maximum size of a step's items, and whether all have it.
fn bound(step: &Value, field: &str) -> (u32, bool) {
    match &step[field] {
        Value::Null => (UNBOUNDED, false),
        bound => (number(bound, "max") as u32, bound["fixed"] == true),
    }
}

fn open_map(step: &Value, new: bool, memory: AnyMemory) -> Box<dyn Structure> {
    match (bound(step, "key"), bound(step, "value")) {
        ((8, true), (UNBOUNDED, false)) => made_map::<Item<8, true>, Unbounded>(new, memory),
        ((8, true), (8, true)) => made_map::<Item<8, true>, Item<8, true>>(new, memory),
        ((12, false), (20, false)) => made_map::<Item<12, false>, Item<20, false>>(new, memory),
        ((29, false), (0, false)) => made_map::<Item<29, false>, Item<0, false>>(new, memory),
        ((UNBOUNDED, false), (UNBOUNDED, false)) => made_map::<Unbounded, Unbounded>(new, memory),
        _ => unknown(step),
    }
}

fn made_map<K, V>(new: bool, memory: AnyMemory) -> Box<dyn Structure>
where
    K: Bounded + Ord + Clone + From<Vec<u8>> + 'static,
    V: Bounded + From<Vec<u8>> + 'static,
{
    Box::new(if new { StableMap::<K, V, _>::new(memory) } else { StableMap::<K, V, _>::init(memory) })
}
