//! Runs a script of operations on the real `ic-stable-structures` and prints the results.
//!
//! The first argument is the release: `0.7.2`, `0.6.9` or `0.5.6`; or `dump`, see `dump.rs`. Each line of standard input is a step in
//! JSON. Each checkpoint is answered with a line: the size and SHA-256 of the whole image, and the results of the steps since the last
//! checkpoint. `session.rs` lists the steps.

mod dump;
mod json;
mod v0_5;
mod v0_6;
mod v0_7;

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("0.7.2") => json::answer_each(v0_7::session::Session::default(), v0_7::session::Session::step),
        Some("0.6.9") => json::answer_each(v0_6::session::Session::default(), v0_6::session::Session::step),
        Some("0.5.6") => json::answer_each(v0_5::session::Session::default(), v0_5::session::Session::step),
        Some("dump") => json::answer_each(dump::Session::default(), dump::Session::step),
        other => panic!("release {other:?} is not supported"),
    }
}
