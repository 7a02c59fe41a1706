//! Records a map of users: `cargo run --example users -- users.smtrace`. With `virtual` after the path, it records above the memory
//! manager.

use ic_stable_structures::memory_manager::{MemoryId, MemoryManager};
use ic_stable_structures::{BTreeMap, Memory, VectorMemory};
use stable_memory_recorder::{Recorder, DEFAULT_BUCKET_PAGES};

fn main() -> std::io::Result<()> {
    let mut args = std::env::args().skip(1);
    let recorder = Recorder::create(args.next().unwrap_or_else(|| "users.smtrace".into()))?;
    let id = 3;
    if args.next().as_deref() == Some("virtual") {
        let manager = MemoryManager::init(VectorMemory::default());
        let memory = recorder.virtual_memory(id, DEFAULT_BUCKET_PAGES, manager.get(MemoryId::new(id))).named("users");
        add_users(&recorder, memory.clone());
        memory.checkpoint();
    } else {
        let memory = recorder.physical(VectorMemory::default());
        let manager = MemoryManager::init(memory.clone());
        add_users(&recorder, manager.get(MemoryId::new(id)));
        memory.label(0, 3, "the manager's magic");
        memory.checkpoint();
    }
    recorder.finish()
}

fn add_users(recorder: &Recorder, memory: impl Memory) {
    let mut users = recorder.message("init", || BTreeMap::init(memory));
    for id in 0..300_u64 {
        recorder.message("add user", || users.insert(id, id * id));
    }
    recorder.message("remove user", || users.remove(&7));
    recorder.note("All users are there but one.");
}
