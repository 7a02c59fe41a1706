//! The recorder with the real library. These tests also run with releases 0.5 and 0.6: see `releases/`.

mod trace;

use std::io::{self, Write};
use std::panic::{catch_unwind, AssertUnwindSafe};

use ic_stable_structures::memory_manager::{MemoryId, MemoryManager};
use ic_stable_structures::{BTreeMap, Memory, VectorMemory};
use stable_memory_recorder::{Buffer, MessageKind, Recorder};
use trace::{Item, Trace};

const BUCKET_PAGES: u16 = 2;

fn recorder() -> (Recorder, Buffer) {
    let buffer = Buffer::default();
    (Recorder::new(buffer.clone()), buffer)
}

fn decoded(recorder: &Recorder, buffer: &Buffer) -> Trace {
    recorder.finish().expect("a buffer takes everything");
    Trace::decode(&buffer.bytes())
}

fn bytes_of(memory: &impl Memory) -> Vec<u8> {
    let mut bytes = vec![0; memory.size() as usize * 65_536];
    memory.read(0, &mut bytes);
    bytes
}

/// Inserts and removes as many keys as need several nodes and buckets.
fn work(recorder: &Recorder, users: &mut BTreeMap<u64, u64, impl Memory>) {
    for key in 0..20_000 {
        recorder.message("insert", || users.insert(key * 7919 % 20_011, key));
    }
    for key in 0..1000 {
        recorder.message("remove", || users.remove(&(key * 7919 % 20_011)));
    }
    assert_eq!(users.len(), 19_000);
}

#[test]
fn beneath_a_manager_a_replay_has_the_same_bytes() {
    let (recorder, buffer) = recorder();
    let inner = VectorMemory::default();
    let memory = recorder.physical(inner.clone());
    let manager = MemoryManager::init_with_bucket_size(memory.clone(), BUCKET_PAGES);
    work(&recorder, &mut BTreeMap::init(manager.get(MemoryId::new(3))));
    memory.checkpoint();

    let trace = decoded(&recorder, &buffer);
    assert_eq!(trace.header.entry("magic"), Some(&Item::Text("ic-stable-trace".into())));
    assert_eq!(trace.header.entry("version"), Some(&Item::Int(1)));
    assert_eq!(trace.header.entry("initial"), None);
    assert_eq!(trace.of_kind(3).len(), 0);
    assert_eq!(trace.of_kind(1).len(), 21_000);
    assert_eq!(trace.of_kind(2).len(), 21_000);
    assert!(trace.of_kind(6).len() > 1000);

    let bytes = bytes_of(&inner);
    assert_eq!(&bytes[..3], b"MGR");
    assert!(trace.replay()[&0] == bytes);
    let checkpoint = trace.of_kind(12)[0];
    assert_eq!((checkpoint[1].int(), checkpoint[2].int()), (0, inner.size().into()));
}

#[test]
fn above_a_manager_a_replay_has_the_same_bytes() {
    let (recorder, buffer) = recorder();
    let recorder = recorder.without_reads();
    let physical = VectorMemory::default();
    let manager = MemoryManager::init_with_bucket_size(physical.clone(), BUCKET_PAGES);
    let get = |id: u8| recorder.virtual_memory(id, BUCKET_PAGES, manager.get(MemoryId::new(id)));
    let (users, ages) = (get(3).named("users"), get(4));
    work(&recorder, &mut BTreeMap::init(users.clone()));
    work(&recorder, &mut BTreeMap::init(ages.clone()));
    users.checkpoint();

    let trace = decoded(&recorder, &buffer);
    assert_eq!(trace.of_kind(6).len(), 0);
    let spaces = trace.of_kind(3);
    let names: Vec<_> = spaces.iter().map(|fields| (fields[1].int(), fields[2].int(), trace.name(&fields[3]))).collect();
    assert_eq!(names, [(4, 1, "memory 3"), (4, 1, "users"), (5, 1, "memory 4")]);
    let params = [("memory".to_owned(), Item::Int(4)), ("bucketPages".to_owned(), Item::Int(2))];
    assert_eq!(spaces[2][4], Item::Map(params.into()));

    let replayed = trace.replay();
    assert!(replayed[&4] == bytes_of(users.inner()));
    assert!(replayed[&5] == bytes_of(ages.inner()));

    // A second manager, which does the recorded grows and writes, leaves the same physical memory.
    let composed = VectorMemory::default();
    let manager = MemoryManager::init_with_bucket_size(composed.clone(), BUCKET_PAGES);
    for fields in &trace.events {
        let memory = || manager.get(MemoryId::new(fields[1].size() as u8 - 1));
        match fields[0].int() {
            4 => assert_eq!(i128::from(memory().grow(fields[2].size() as u64)), fields[3].int()),
            5 => memory().write(fields[2].size() as u64, fields[3].bytes()),
            _ => {}
        }
    }
    assert!(bytes_of(&composed) == bytes_of(&physical));
}

#[test]
fn a_panic_in_a_message_is_a_trap_with_its_text() {
    let (recorder, buffer) = recorder();
    let memory = recorder.physical(VectorMemory::default());
    memory.grow(1);
    let result = catch_unwind(AssertUnwindSafe(|| {
        recorder.message("outer", || {
            let _message = recorder.begin(MessageKind::Callback, "inner");
            memory.write(0, &[1]);
            panic!("no user {}", 7);
        })
    }));
    assert!(result.is_err());
    recorder.message("after", || ());

    let trace = decoded(&recorder, &buffer);
    let ends = trace.of_kind(2);
    assert_eq!(ends.len(), 3);
    assert_eq!(ends[0].iter().map(Item::int).collect::<Vec<_>>(), [2, 2, 2]);
    assert_eq!(ends[1][..5], [Item::Int(2), Item::Int(1), Item::Int(2), Item::Null, Item::Null]);
    assert_eq!(trace.name(&ends[1][5]), "no user 7");
    assert_eq!(ends[2].iter().map(Item::int).collect::<Vec<_>>(), [2, 3, 0]);
}

#[test]
fn an_access_out_of_bounds_is_recorded_before_it_panics() {
    let (recorder, buffer) = recorder();
    let memory = recorder.physical(VectorMemory::default());
    let result = catch_unwind(AssertUnwindSafe(|| recorder.message("write", || memory.write(u64::MAX - 1, &[1]))));
    assert!(result.is_err());
    let trace = decoded(&recorder, &buffer);
    assert_eq!(trace.of_kind(5)[0][2].int(), u64::MAX as i128 - 1);
    assert_eq!(trace.of_kind(2)[0][2].int(), 2);
}

#[test]
fn messages_end_as_they_are_told() {
    let (recorder, buffer) = recorder();
    recorder.begin(MessageKind::Update, "a").reply();
    recorder.begin(MessageKind::Query, "a").roll_back();
    recorder.begin(MessageKind::Update, "b").reject("not allowed");
    recorder.begin(MessageKind::Timer, "b").trap("out of cycles");
    let trace = decoded(&recorder, &buffer);
    let begins: Vec<_> =
        trace.of_kind(1).iter().map(|fields| (fields[1].int(), fields[2].int(), trace.name(&fields[3]))).collect();
    assert_eq!(begins, [(1, 1, "a"), (2, 2, "a"), (3, 1, "b"), (4, 5, "b")]);
    let outcomes: Vec<_> = trace.of_kind(2).iter().map(|fields| fields[2].int()).collect();
    assert_eq!(outcomes, [0, 1, 3, 2]);
}

#[test]
fn a_recording_that_starts_on_contents_says_so() {
    let inner = VectorMemory::default();
    inner.grow(2);
    inner.write(70_000, b"earlier");
    let (recorder, buffer) = recorder();
    let memory = recorder.physical(inner.clone());
    memory.checkpoint();
    memory.write(0, b"later");
    recorder.physical(inner);

    let trace = decoded(&recorder, &buffer);
    let initial = trace.header.entry("initial").expect("an initial memory");
    assert_eq!(initial.entry("pages"), Some(&Item::Int(2)));
    assert_eq!(initial.entry("sha256"), Some(&trace.of_kind(12)[0][3]));
}

#[test]
fn labels_notes_and_failed_grows() {
    let (recorder, buffer) = recorder();
    let memory = recorder.physical(ic_stable_structures::RestrictedMemory::new(VectorMemory::default(), 0..1));
    assert_eq!((memory.grow(1), memory.grow(u64::MAX)), (0, -1));
    memory.label(16, 4, "counter");
    recorder.note("done");
    let trace = decoded(&recorder, &buffer);
    assert_eq!(trace.of_kind(4)[1].iter().map(Item::int).collect::<Vec<_>>(), [4, 0, (1 << 53) - 1, -1]);
    assert_eq!(trace.name(&trace.of_kind(11)[0][4]), "counter");
    assert_eq!(trace.of_kind(15)[0][1].text(), "done");
}

#[test]
fn threads_share_a_recorder() {
    let (recorder, buffer) = recorder();
    std::thread::scope(|scope| {
        for id in 0..4_u8 {
            let recorder = &recorder;
            scope.spawn(move || {
                let memory = recorder.virtual_memory(id, BUCKET_PAGES, VectorMemory::default());
                memory.grow(1);
                for address in 0..500 {
                    memory.write(address, &[id]);
                }
            });
        }
    });
    let replayed = decoded(&recorder, &buffer).replay();
    for id in 0..4_u8 {
        assert_eq!(replayed[&(i128::from(id) + 1)][..501], [[id; 500].as_slice(), &[0]].concat());
    }
}

struct FullDisk;

impl Write for FullDisk {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::Error::new(io::ErrorKind::Other, "no space left"))
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn an_error_of_the_output_is_returned_at_the_end() {
    let recorder = Recorder::new(FullDisk);
    let memory = recorder.physical(VectorMemory::default());
    assert_eq!(memory.grow(1), 0);
    assert_eq!(recorder.finish().expect_err("an error").to_string(), "no space left");
}
