use std::any::Any;
use std::thread::panicking;

use crate::events::{Event, Outcome};
use crate::Recorder;

/// A message that has begun. It ends with one of its methods, or when it is dropped: as trapped during a panic, and as replied
/// otherwise.
#[must_use = "the message ends when this is dropped"]
pub struct Message {
    recorder: Recorder,
    number: u64,
    /// True if a panic was already under way when the message began.
    began_in_panic: bool,
    ended: bool,
}

impl Message {
    pub(crate) fn new(recorder: Recorder, number: u64) -> Self {
        Self { recorder, number, began_in_panic: panicking(), ended: false }
    }

    /// Ends the message with a reply. It keeps its effects.
    pub fn reply(mut self) {
        self.end(Outcome::Replied, None);
    }

    /// Ends the message with a rejection. It keeps its effects, as on the Internet Computer.
    pub fn reject(mut self, text: &str) {
        self.end(Outcome::Rejected, Some(text));
    }

    /// Ends the message as a query ends: in the trace its effects are undone.
    pub fn roll_back(mut self) {
        self.end(Outcome::RolledBack, None);
    }

    /// Ends the message with a trap: in the trace its effects are undone.
    pub fn trap(mut self, text: &str) {
        self.end(Outcome::Trapped, Some(text));
    }

    /// Ends the message as trapped, with the text of a panic.
    pub(crate) fn panicked(mut self, payload: &(dyn Any + Send)) {
        let text = payload.downcast_ref::<&str>().copied().or_else(|| payload.downcast_ref::<String>().map(String::as_str));
        self.end(Outcome::Trapped, text);
    }

    fn end(&mut self, outcome: Outcome, text: Option<&str>) {
        self.ended = true;
        let message = self.number;
        self.recorder.locked(|trace| {
            let text = text.map(|text| trace.name(text));
            trace.event(Event::End { message, outcome, text });
            // After a crash the trace is whole up to here.
            trace.flush();
        });
    }
}

impl Drop for Message {
    fn drop(&mut self) {
        let trapped = panicking() && !self.began_in_panic;
        if !self.ended {
            self.end(if trapped { Outcome::Trapped } else { Outcome::Replied }, None);
        }
    }
}
