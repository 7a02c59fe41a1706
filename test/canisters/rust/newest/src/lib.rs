//! A canister for tests, with the macros, futures and timers of ic-cdk, and structures of ic-stable-structures 0.7.2.
//! The interface is in `../canister.did`.

mod state;

use ic_cdk::api;
use ic_cdk::call::{Call, CallFailed};
use ic_cdk::{heartbeat, init, inspect_message, post_upgrade, pre_upgrade, query, update};
use std::time::Duration;

const INTERFACE: &[u8] = include_bytes!("../../canister.did");

#[used]
#[cfg_attr(target_family = "wasm", link_section = "icp:public candid:service")]
pub static SERVICE: [u8; INTERFACE.len()] = *include_bytes!("../../canister.did");

const VERSION: &str = if cfg!(feature = "next") { "next" } else { "first" };

// Entry points of the system. That of timers is in ic-cdk-timers.

#[init]
fn init(argument: Option<String>) {
    state::open();
    state::note(&format!("init {}", argument.unwrap_or_default()));
}

#[pre_upgrade]
fn pre_upgrade() {
    state::with(|state| {
        state.save();
        state.note("pre_upgrade");
        assert!(!state.pre_upgrade_is_broken, "pre_upgrade is broken");
    });
}

/// Does its work, and after that traps if the argument is "trap" or "read beyond the end".
#[post_upgrade]
fn post_upgrade(argument: Option<String>) {
    state::open();
    state::with(|state| {
        state.restore();
        state.counters.upgrades += 1;
        #[cfg(feature = "next")]
        state.migrate();
        state.note(&format!("post_upgrade {VERSION}"));
    });
    match argument.as_deref() {
        Some("trap") => panic!("post_upgrade traps as told"),
        Some("read beyond the end") => api::stable_read(api::stable_size() * 65536, &mut [0]),
        _ => {}
    }
}

#[inspect_message]
fn inspect_message() {
    if api::msg_method_name() == "insert" || state::with(|state| !state.locked) {
        api::accept_message();
    }
}

#[heartbeat]
fn heartbeat() {
    state::with(|state| {
        state.counters.heartbeats += 1;
        state.note("heartbeat");
    });
}

// Methods.

#[update]
fn insert(key: String, value: Vec<u8>) -> u64 {
    state::with(|state| state.insert(key, value))
}

#[update]
fn fill(count: u64) -> u64 {
    let value = |index: u64| vec![index as u8; (index % 256) as usize];
    let last = state::with(|state| (0..count).map(|index| state.insert(format!("key {index:06}"), value(index))).last());
    last.unwrap_or_default()
}

#[update]
fn remove(key: String) -> Option<Vec<u8>> {
    state::with(|state| {
        state.removed.insert(key.clone());
        state.values.remove(&key)
    })
}

#[query]
fn get(key: String) -> Option<Vec<u8>> {
    state::with(|state| state.values.get(&key))
}

#[query(composite = true)]
async fn get_through_self(key: String) -> Option<Vec<u8>> {
    let reply = Call::bounded_wait(api::canister_self(), "get").with_arg(key).await.unwrap();
    reply.candid().unwrap()
}

#[query]
fn count() -> u64 {
    state::with(|state| state.values.len())
}

#[query]
fn history() -> String {
    state::with(|state| state.history.iter().collect::<Vec<_>>().join("\n"))
}

#[query]
fn counters() -> (u64, u64, u64) {
    state::with(|state| (state.counters.heartbeats, state.counters.timers, state.counters.upgrades))
}

#[query]
fn version() -> String {
    VERSION.to_string()
}

/// Inserts, although the system undoes it.
#[query]
fn insert_in_query(key: String, value: Vec<u8>) -> u64 {
    insert(key, value)
}

#[update]
fn insert_and_trap(key: String, value: Vec<u8>) {
    panic!("trapped after insertion, with {} values", insert(key, value));
}

/// Inserts, which stays, although the caller is rejected.
#[update(manual_reply = true)]
fn insert_and_reject(key: String, value: Vec<u8>) {
    api::msg_reject(format!("rejected after insertion, with {} values", insert(key, value)));
}

#[update]
fn set_timer(delay: u64) {
    state::with(|state| state.due.push(&(api::time() + delay)));
    ic_cdk_timers::set_timer(Duration::from_nanos(delay), async {
        state::with(|state| {
            state.counters.timers += 1;
            state.due.pop();
            state.note("timer");
        });
    });
}

#[update]
fn lock() {
    state::with(|state| state.locked = true);
}

#[update]
fn break_pre_upgrade() {
    state::with(|state| state.pre_upgrade_is_broken = true);
}

// Calls.

#[update]
async fn relay(method: String, key: String, value: Vec<u8>) -> String {
    call_self(method, key, value).await
}

/// Calls, and traps when the reply is there, so that the cleanup callback drops the future.
#[update]
async fn relay_and_trap(method: String, key: String, value: Vec<u8>) -> String {
    let _cleanup = NoteOnDrop(method.clone());
    let line = call_self(method, key, value).await;
    panic!("trapped after a call: {line}");
}

#[update]
fn relay_in_background(method: String, key: String, value: Vec<u8>) {
    ic_cdk::futures::spawn(async {
        call_self(method, key, value).await;
    });
}

#[update]
async fn random() -> Vec<u8> {
    let reply = Call::unbounded_wait(candid::Principal::management_canister(), "raw_rand").await.unwrap();
    reply.candid().unwrap()
}

/// Calls a method of this canister. Returns and notes what came back.
async fn call_self(method: String, key: String, value: Vec<u8>) -> String {
    state::note(&format!("call {method}"));
    let call = Call::unbounded_wait(api::canister_self(), &method).with_args(&(key, value));
    let line = match call.await {
        Ok(reply) => format!("{method} replied with {} bytes", reply.into_bytes().len()),
        Err(CallFailed::CallRejected(rejection)) => {
            format!("{method} rejected with code {}: {}", rejection.raw_reject_code(), rejection.reject_message())
        }
        Err(failed) => panic!("the call was not sent: {failed}"),
    };
    state::note(&line);
    line
}

struct NoteOnDrop(String);

impl Drop for NoteOnDrop {
    fn drop(&mut self) {
        state::note(&format!("cleanup of {}", self.0));
    }
}

ic_cdk::export_candid!();
