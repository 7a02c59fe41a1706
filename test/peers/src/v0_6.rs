//! The session on release 0.6: what opens or sets something answers whether it could.

pub use ic_stable_structures_0_6 as library;

macro_rules! since_0_7 {
    ($($code:tt)*) => {};
}
macro_rules! done {
    ($value:expr) => {
        $value.expect("the library refused")
    };
}
macro_rules! pair {
    ($entry:expr) => {
        $entry
    };
}

#[path = "session.rs"]
pub mod session;
