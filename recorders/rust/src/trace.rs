use std::collections::HashMap;
use std::io::{self, Write};

use crate::cbor::Encoder;
use crate::events::{encode_event, encode_header, Event, Fingerprint};

/// A trace that is being written.
pub struct Trace {
    output: Box<dyn Write + Send>,
    encoder: Encoder,
    header_written: bool,
    /// The memory that the recording starts on, unless it is empty.
    initial: Option<Fingerprint>,
    names: HashMap<String, u64>,
    messages: u64,
    pub records_reads: bool,
    /// The first error of the output. Nothing is written after it.
    error: Option<io::Error>,
    failed: bool,
}

impl Trace {
    pub fn new(output: Box<dyn Write + Send>) -> Self {
        Self {
            output,
            encoder: Encoder::default(),
            header_written: false,
            initial: None,
            names: HashMap::new(),
            messages: 0,
            records_reads: true,
            error: None,
            failed: false,
        }
    }

    /// Returns true if nothing has been recorded yet.
    pub fn is_empty(&self) -> bool {
        !self.header_written
    }

    /// Sets the memory that the recording starts on. The header has it, and so it must be set first.
    pub fn set_initial(&mut self, initial: Fingerprint) {
        self.initial = Some(initial);
    }

    pub fn event(&mut self, event: Event) {
        self.write_header();
        encode_event(&mut self.encoder, event);
        self.write_encoded();
    }

    /// Returns the number of a name. Writes the name when it is new.
    pub fn name(&mut self, text: &str) -> u64 {
        if let Some(&id) = self.names.get(text) {
            return id;
        }
        let id = self.names.len() as u64 + 1;
        self.names.insert(text.to_owned(), id);
        self.event(Event::String { id, text });
        id
    }

    /// Returns the number of a new message.
    pub fn next_message(&mut self) -> u64 {
        self.messages += 1;
        self.messages
    }

    pub fn flush(&mut self) {
        if !self.failed {
            let flushed = self.output.flush();
            self.check(flushed);
        }
    }

    /// Writes everything out. Returns the first error since the last call.
    pub fn finish(&mut self) -> io::Result<()> {
        self.write_header();
        self.flush();
        self.error.take().map_or(Ok(()), Err)
    }

    fn write_header(&mut self) {
        if !self.header_written {
            self.header_written = true;
            encode_header(&mut self.encoder, self.initial.as_ref());
            self.write_encoded();
        }
    }

    fn write_encoded(&mut self) {
        if !self.failed {
            let written = self.output.write_all(self.encoder.encoded());
            self.check(written);
        }
        self.encoder.clear();
    }

    fn check(&mut self, result: io::Result<()>) {
        if let Err(error) = result {
            self.failed = true;
            self.error = Some(error);
        }
    }
}
