use ic_stable_structures::Memory;
use sha2::{Digest, Sha256};

use crate::events::{Event, Fingerprint};
use crate::Recorder;

const PAGE_BYTES: u64 = 65_536;
const PHYSICAL: u64 = 0;

/// A memory that does what the memory in it does, and records it. Made by [`Recorder::physical`] and
/// [`Recorder::virtual_memory`]; clones record the same memory.
///
/// Accesses are recorded before they are made, so that the trace also has the one that panics, out of bounds.
#[derive(Clone)]
pub struct Traced<M> {
    memory: M,
    recorder: Recorder,
    /// The id of a virtual memory, and the bucket size of its manager. None for the physical memory.
    virtual_memory: Option<(u8, u16)>,
}

impl<M: Memory> Traced<M> {
    pub(crate) fn new(memory: M, recorder: Recorder, virtual_memory: Option<(u8, u16)>) -> Self {
        Self { memory, recorder, virtual_memory }
    }

    /// Names a virtual memory in the debugger. The physical memory keeps its name.
    pub fn named(self, name: &str) -> Self {
        if let Some((memory, bucket_pages)) = self.virtual_memory {
            let space = self.space();
            self.recorder.locked(|trace| {
                let name = trace.name(name);
                trace.event(Event::VirtualMemory { space, name, memory, bucket_pages });
            });
        }
        self
    }

    /// Names a range of bytes.
    pub fn label(&self, address: u64, length: u64, name: &str) {
        let space = self.space();
        self.recorder.locked(|trace| {
            let name = trace.name(name);
            trace.event(Event::Label { space, address, length, name });
        });
    }

    /// Records the size and SHA-256 of the whole memory. The debugger compares its replay with them.
    pub fn checkpoint(&self) {
        let (space, fingerprint) = (self.space(), fingerprint(&self.memory));
        self.recorder.locked(|trace| trace.event(Event::Checkpoint { space, fingerprint }));
    }

    /// Returns the memory that is recorded.
    pub fn inner(&self) -> &M {
        &self.memory
    }

    fn space(&self) -> u64 {
        self.virtual_memory.map_or(PHYSICAL, |(id, _)| u64::from(id) + 1)
    }
}

// `read_unsafe`, which 0.5 does not have, keeps its default: it calls `read`.
impl<M: Memory> Memory for Traced<M> {
    fn size(&self) -> u64 {
        self.memory.size()
    }

    fn grow(&self, pages: u64) -> i64 {
        let before = self.memory.grow(pages);
        let space = self.space();
        self.recorder.locked(|trace| trace.event(Event::Grow { space, by: pages, before }));
        before
    }

    fn read(&self, offset: u64, dst: &mut [u8]) {
        let (space, length) = (self.space(), dst.len());
        self.recorder.locked(|trace| {
            if trace.records_reads {
                trace.event(Event::Read { space, address: offset, length });
            }
        });
        self.memory.read(offset, dst);
    }

    fn write(&self, offset: u64, src: &[u8]) {
        let space = self.space();
        self.recorder.locked(|trace| trace.event(Event::Write { space, address: offset, bytes: src }));
        self.memory.write(offset, src);
    }
}

/// Reads a whole memory, page by page.
pub fn fingerprint(memory: &impl Memory) -> Fingerprint {
    let pages = memory.size();
    let mut hash = Sha256::new();
    let mut page = vec![0; PAGE_BYTES as usize];
    for number in 0..pages {
        memory.read(number * PAGE_BYTES, &mut page);
        hash.update(&page);
    }
    Fingerprint { pages, sha256: hash.finalize().into() }
}
