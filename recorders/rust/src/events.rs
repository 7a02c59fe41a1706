//! The events that this crate writes, as the trace format has them.

use crate::cbor::Encoder;

/// Integers other than addresses must stay below 2^53: readers use doubles.
const MAX_INTEGER: u64 = (1 << 53) - 1;

/// The kind of a message. What is recorded in tests is mostly [`MessageKind::Test`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageKind {
    Init = 0,
    Update = 1,
    Query = 2,
    PreUpgrade = 3,
    /// After an upgrade the memory manager is loaded again: a reader of virtual memories does so, too.
    PostUpgrade = 4,
    Timer = 5,
    Heartbeat = 6,
    Callback = 7,
    /// A test, or a call of a library.
    Test = 8,
}

/// How a message ends. One that was rolled back or trapped loses its effects in the trace.
#[derive(Clone, Copy)]
pub enum Outcome {
    Replied = 0,
    RolledBack = 1,
    Trapped = 2,
    Rejected = 3,
}

/// Pages and SHA-256 of a memory.
pub struct Fingerprint {
    pub pages: u64,
    pub sha256: [u8; 32],
}

pub enum Event<'a> {
    String { id: u64, text: &'a str },
    Begin { message: u64, kind: MessageKind, name: u64 },
    End { message: u64, outcome: Outcome, text: Option<u64> },
    VirtualMemory { space: u64, name: u64, memory: u8, bucket_pages: u16 },
    Grow { space: u64, by: u64, before: i64 },
    Write { space: u64, address: u64, bytes: &'a [u8] },
    Read { space: u64, address: u64, length: usize },
    Label { space: u64, address: u64, length: u64, name: u64 },
    Checkpoint { space: u64, fingerprint: Fingerprint },
    Note { text: &'a str },
}

const VIRTUAL_MEMORY: u64 = 1;

pub fn encode_header(to: &mut Encoder, initial: Option<&Fingerprint>) {
    to.map(if initial.is_some() { 4 } else { 3 });
    to.text("magic").text("ic-stable-trace").text("version").uint(1);
    to.text("producer").text(concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION")));
    if let Some(Fingerprint { pages, sha256 }) = initial {
        to.text("initial").map(2).text("pages").uint(*pages).text("sha256").bytes(sha256);
    }
}

pub fn encode_event(to: &mut Encoder, event: Event) {
    match event {
        Event::String { id, text } => to.array(3).uint(0).uint(id).text(text),
        Event::Begin { message, kind, name } => to.array(4).uint(1).uint(message).uint(kind as u64).uint(name),
        Event::End { message, outcome, text: None } => to.array(3).uint(2).uint(message).uint(outcome as u64),
        Event::End { message, outcome, text: Some(text) } => {
            // Without a time and a number of instructions, which come before the text.
            to.array(6).uint(2).uint(message).uint(outcome as u64).null().null().uint(text)
        }
        Event::VirtualMemory { space, name, memory, bucket_pages } => {
            to.array(5).uint(3).uint(space).uint(VIRTUAL_MEMORY).uint(name);
            to.map(2).text("memory").uint(memory.into()).text("bucketPages").uint(bucket_pages.into())
        }
        Event::Grow { space, by, before } => to.array(4).uint(4).uint(space).uint(by.min(MAX_INTEGER)).int(before),
        Event::Write { space, address, bytes } => to.array(4).uint(5).uint(space).uint(address).bytes(bytes),
        Event::Read { space, address, length } => {
            to.array(4).uint(6).uint(space).uint(address).uint((length as u64).min(MAX_INTEGER))
        }
        Event::Label { space, address, length, name } => {
            to.array(5).uint(11).uint(space).uint(address).uint(length.min(MAX_INTEGER)).uint(name)
        }
        Event::Checkpoint { space, fingerprint: Fingerprint { pages, sha256 } } => {
            to.array(4).uint(12).uint(space).uint(pages).bytes(&sha256)
        }
        Event::Note { text } => to.array(2).uint(15).text(text),
    };
}
