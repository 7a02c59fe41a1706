use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::panic::{catch_unwind, resume_unwind, AssertUnwindSafe};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use ic_stable_structures::Memory;

use crate::events::Event;
use crate::trace::Trace;
use crate::traced::fingerprint;
use crate::{Message, MessageKind, Traced};

/// Writes one trace. Clones write the same one, also from several threads: each event is whole, and they are in the order in which
/// they happened.
///
/// Recording never fails by itself: after an error of the output, such as a full disk, nothing more is written, and
/// [`finish`](Recorder::finish) returns that error.
#[derive(Clone)]
pub struct Recorder(Arc<Mutex<Trace>>);

impl Recorder {
    /// Writes the trace to a file, which is created or replaced. Its name should end in `.smtrace`.
    pub fn create(path: impl AsRef<Path>) -> io::Result<Self> {
        Ok(Self::new(BufWriter::new(File::create(path)?)))
    }

    /// Writes the trace to anything, such as a [`Buffer`](crate::Buffer).
    pub fn new(output: impl Write + Send + 'static) -> Self {
        Self(Arc::new(Mutex::new(Trace::new(Box::new(output)))))
    }

    /// Leaves out reads. The trace is then much smaller, and shows every change as before.
    pub fn without_reads(self) -> Self {
        self.locked(|trace| trace.records_reads = false);
        self
    }

    /// Says that the recording starts on a memory that is not empty: its size and SHA-256 are then in the header of the trace, and
    /// the debugger asks for a snapshot of it. [`physical`](Recorder::physical) does this by itself. Has no effect once something
    /// has been recorded.
    pub fn starts_on(&self, memory: &impl Memory) {
        if memory.size() > 0 && self.locked(|trace| trace.is_empty()) {
            let initial = fingerprint(memory);
            self.locked(|trace| trace.set_initial(initial));
        }
    }

    /// Records the physical memory, the one beneath a memory manager. All structures above are then recorded, too, as bytes.
    pub fn physical<M: Memory>(&self, memory: M) -> Traced<M> {
        self.starts_on(&memory);
        Traced::new(memory, self.clone(), None)
    }

    /// Records a virtual memory of a memory manager. `bucket_pages` is the manager's bucket size,
    /// [`DEFAULT_BUCKET_PAGES`](crate::DEFAULT_BUCKET_PAGES) unless it was made with another: with it, the debugger composes the
    /// physical memory. Record all memories of the manager for that.
    pub fn virtual_memory<M: Memory>(&self, id: u8, bucket_pages: u16, memory: M) -> Traced<M> {
        Traced::new(memory, self.clone(), Some((id, bucket_pages))).named(&format!("memory {id}"))
    }

    /// Runs a function as a message with a name. It ends as replied, or as trapped with the text of a panic, which goes on.
    pub fn message<T>(&self, name: &str, run: impl FnOnce() -> T) -> T {
        self.message_of(MessageKind::Test, name, run)
    }

    /// Like [`message`](Recorder::message), with the kind of the message.
    pub fn message_of<T>(&self, kind: MessageKind, name: &str, run: impl FnOnce() -> T) -> T {
        let message = self.begin(kind, name);
        match catch_unwind(AssertUnwindSafe(run)) {
            Ok(result) => {
                message.reply();
                result
            }
            Err(payload) => {
                message.panicked(&*payload);
                resume_unwind(payload)
            }
        }
    }

    /// Begins a message, which ends when it is dropped, or as its methods say. Messages may be nested.
    pub fn begin(&self, kind: MessageKind, name: &str) -> Message {
        let number = self.locked(|trace| {
            let name = trace.name(name);
            let message = trace.next_message();
            trace.event(Event::Begin { message, kind, name });
            message
        });
        Message::new(self.clone(), number)
    }

    /// Records a remark.
    pub fn note(&self, text: &str) {
        self.locked(|trace| trace.event(Event::Note { text }));
    }

    /// Writes everything out. Returns the first error of the output since the last call. Recording may go on afterwards.
    pub fn finish(&self) -> io::Result<()> {
        self.locked(Trace::finish)
    }

    /// No lock is held while a memory works: it may be recorded itself.
    pub(crate) fn locked<T>(&self, change: impl FnOnce(&mut Trace) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
