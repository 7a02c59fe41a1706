//! The session on release 0.6. Its functions that open or set something return a `Result`.

pub use ic_stable_structures_0_6 as library;
pub use library::storable::Storable as Bounded;

macro_rules! impl_storable {
    ($item:ident) => {
        impl<const MAX: u32, const FIXED: bool> Storable for $item<MAX, FIXED> {
            fn to_bytes(&self) -> Cow<'_, [u8]> {
                Cow::Borrowed(&self.0)
            }
            fn from_bytes(bytes: Cow<[u8]>) -> Self {
                Self(bytes.into_owned())
            }
            const BOUND: super::library::storable::Bound = if MAX == UNBOUNDED {
                super::library::storable::Bound::Unbounded
            } else {
                super::library::storable::Bound::Bounded { max_size: MAX, is_fixed_size: FIXED }
            };
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
        $value
    };
}
macro_rules! items_since_0_6 {
    ($($item:item)*) => {
        $($item)*
    };
}
macro_rules! entry {
    ($entry:expr) => {
        $entry
    };
}

#[path = "session.rs"]
pub mod session;
