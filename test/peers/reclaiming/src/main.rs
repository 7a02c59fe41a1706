//! Does the same as the package above, with release 0.7.1. Memories have an additional step there: `reclaim`.

#[path = "../../src/json.rs"]
mod json;
#[path = "../../src/v0_7.rs"]
mod v0_7;

fn main() {
    json::answer_each(v0_7::session::Session::default(), v0_7::session::Session::step);
}
