//! Records what [`ic_stable_structures`] do to stable memory as an `.smtrace` file, which the Stable Memory Debugger steps through,
//! forwards and backwards.
//!
//! ```
//! use ic_stable_structures::memory_manager::{MemoryId, MemoryManager};
//! use ic_stable_structures::{BTreeMap, VectorMemory};
//! use stable_memory_recorder::Recorder;
//!
//! # fn main() -> std::io::Result<()> {
//! # std::env::set_current_dir(std::env::temp_dir())?;
//! let recorder = Recorder::create("users.smtrace")?;
//! let memory = recorder.physical(VectorMemory::default());
//!
//! let manager = MemoryManager::init(memory.clone());
//! let mut users = BTreeMap::init(manager.get(MemoryId::new(0)));
//! recorder.message("add user", || users.insert(7_u64, 42_u64));
//!
//! memory.checkpoint();
//! recorder.finish()?;
//! # std::fs::remove_file("users.smtrace")?;
//! # Ok(())
//! # }
//! ```
//!
//! # Beneath or above the memory manager
//!
//! [`Recorder::physical`] goes beneath the manager and records everything, with the manager's own table.
//! [`Recorder::virtual_memory`] goes above it, around `manager.get(id)`: the trace then names the memory of each access, and is
//! smaller. Record one of the two levels in a trace, not both: a write to a virtual memory reaches the physical memory as well, and
//! would be in the trace twice. (The debugger then takes the bytes from the physical level.)
//!
//! ```
//! # use ic_stable_structures::memory_manager::{MemoryId, MemoryManager};
//! # use ic_stable_structures::{StableCell, VectorMemory};
//! use stable_memory_recorder::{Buffer, Recorder, DEFAULT_BUCKET_PAGES};
//!
//! let buffer = Buffer::default();
//! let recorder = Recorder::new(buffer.clone());
//! let manager = MemoryManager::init(VectorMemory::default());
//! let memory = recorder.virtual_memory(3, DEFAULT_BUCKET_PAGES, manager.get(MemoryId::new(3))).named("settings");
//! # let mut cell = StableCell::init(memory, 0_u64);
//! // …
//! let trace = buffer.bytes();
//! # assert!(trace.len() > 100);
//! ```
//!
//! # Messages and panics
//!
//! A message groups accesses, and has an outcome. A panic in [`Recorder::message`], or while a [`Message`] is alive, ends it as
//! trapped: in the trace its effects are undone, as on the Internet Computer. The memory of a test keeps them, though. A test that
//! catches a panic and goes on with the same memory diverges from its trace, and later checkpoints say so.

mod buffer;
mod cbor;
mod events;
mod message;
mod recorder;
mod trace;
mod traced;

pub use buffer::Buffer;
pub use events::MessageKind;
pub use message::Message;
pub use recorder::Recorder;
pub use traced::Traced;

/// The bucket size of a memory manager that `MemoryManager::init` makes, in pages.
pub const DEFAULT_BUCKET_PAGES: u16 = 128;

/// Compiles the example of the readme.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
