//! The session on release 0.5. Its maps have layout version 1, and items always have a bound.

pub use ic_stable_structures_0_5 as library;
pub use library::storable::BoundedStorable as Bounded;

macro_rules! impl_storable {
    ($item:ident) => {
        impl<const MAX: u32, const FIXED: bool> Storable for $item<MAX, FIXED> {
            fn to_bytes(&self) -> Cow<'_, [u8]> {
                Cow::Borrowed(&self.0)
            }
            fn from_bytes(bytes: Cow<[u8]>) -> Self {
                Self(bytes.into_owned())
            }
        }

        impl<const MAX: u32, const FIXED: bool> Bounded for $item<MAX, FIXED> {
            const MAX_SIZE: u32 = MAX;
            const IS_FIXED_SIZE: bool = FIXED;
        }
    };
}

macro_rules! done {
    ($value:expr) => {
        $value.expect("the library refused")
    };
}
macro_rules! since_0_6 {
    ($step:expr, $value:expr) => {
        unknown($step)
    };
}
macro_rules! items_since_0_6 {
    ($($item:item)*) => {};
}
macro_rules! entry {
    ($entry:expr) => {
        $entry
    };
}

#[path = "session.rs"]
pub mod session;
