//! The session on release 0.7: what only its code needs, and how it tells what became of an operation.

pub use ic_stable_structures as library;

macro_rules! since_0_7 {
    ($($code:tt)*) => { $($code)* };
}
macro_rules! done {
    ($value:expr) => {
        $value
    };
}
macro_rules! pair {
    ($entry:expr) => {
        $entry.into_pair()
    };
}

#[path = "session.rs"]
pub mod session;
