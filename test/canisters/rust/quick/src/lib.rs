//! A canister for tests. It has every kind of entry point, and structures of ic-stable-structures 0.5.6.
//! The interface is in `../canister.did`.

mod candid;
mod ic0;
mod state;

use candid::{Reader, Writer};
use std::panic;

const INTERFACE: &[u8] = include_bytes!("../../canister.did");

#[used]
#[link_section = "icp:public candid:service"]
pub static SERVICE: [u8; INTERFACE.len()] = *include_bytes!("../../canister.did");

const VERSION: &str = if cfg!(feature = "next") { "next" } else { "first" };

/// Makes a panic a trap with the panic's message.
fn trap_on_panic() {
    panic::set_hook(Box::new(|info| ic0::trap(&info.to_string())));
}

fn arguments() -> Reader {
    Reader::new(ic0::argument())
}

fn reply(results: Writer) {
    ic0::reply(&results.finish());
}

fn inserted() -> u64 {
    let mut arguments = arguments();
    let (key, value) = (arguments.text(), arguments.blob());
    state::with(|state| state.insert(&key, &value))
}

// Entry points of the system.

#[export_name = "canister_init"]
fn init() {
    trap_on_panic();
    let argument = arguments().opt_text();
    state::open();
    state::with(|state| state.note(&format!("init {}", argument.unwrap_or_default())));
}

#[export_name = "canister_pre_upgrade"]
fn pre_upgrade() {
    state::with(|state| {
        state.save();
        state.note("pre_upgrade");
        assert!(!state.pre_upgrade_is_broken, "pre_upgrade is broken");
    });
}

/// Does its work, and after that traps if the argument is "trap" or "read beyond the end".
#[export_name = "canister_post_upgrade"]
fn post_upgrade() {
    trap_on_panic();
    let argument = arguments().opt_text().unwrap_or_default();
    state::open();
    state::with(|state| {
        state.restore();
        state.counters.upgrades += 1;
        #[cfg(feature = "next")]
        state.migrate();
        state.note(&format!("post_upgrade {}", VERSION));
    });
    match argument.as_str() {
        "trap" => panic!("post_upgrade traps as told"),
        "read beyond the end" => ic0::debug_print(&format!("read {}", ic0::read_beyond_the_end())),
        _ => {}
    }
}

#[export_name = "canister_inspect_message"]
fn inspect_message() {
    if ic0::method_name() == "insert" || state::with(|state| !state.locked) {
        ic0::accept_message();
    }
}

#[export_name = "canister_heartbeat"]
fn heartbeat() {
    state::with(|state| {
        state.counters.heartbeats += 1;
        state.note("heartbeat");
    });
}

#[export_name = "canister_global_timer"]
fn global_timer() {
    state::with(|state| {
        state.counters.timers += 1;
        state.due.pop();
        state.note("timer");
        if let Some(next) = state.due.peek() {
            ic0::set_global_timer(next);
        }
    });
}

// Methods.

#[export_name = "canister_update insert"]
fn insert() {
    reply(Writer::default().nat64(inserted()));
}

#[export_name = "canister_update fill"]
fn fill() {
    let count = arguments().nat64();
    let values = state::with(|state| {
        (0..count).map(|index| state.insert(&format!("key {:06}", index), &vec![index as u8; (index % 256) as usize])).last()
    });
    reply(Writer::default().nat64(values.unwrap_or_default()));
}

#[export_name = "canister_update remove"]
fn remove() {
    let key = arguments().text();
    let removed = state::with(|state| state.values.remove(&state::key(&key)));
    reply(Writer::default().opt_blob(removed.as_ref().map(|value| value.as_slice())));
}

#[export_name = "canister_query get"]
fn get() {
    let key = arguments().text();
    let found = state::with(|state| state.values.get(&state::key(&key)));
    reply(Writer::default().opt_blob(found.as_ref().map(|value| value.as_slice())));
}

#[export_name = "canister_composite_query get_through_self"]
fn get_through_self() {
    call(&ic0::canister_self(), "get", &ic0::argument(), (forward_reply, 0), (forward_reject, 0), None);
}

#[export_name = "canister_query count"]
fn count() {
    reply(Writer::default().nat64(state::with(|state| state.values.len())));
}

#[export_name = "canister_query history"]
fn history() {
    let lines = state::with(|state| state.history.iter().collect::<Vec<_>>().join("\n"));
    reply(Writer::default().text(&lines));
}

#[export_name = "canister_query counters"]
fn counters() {
    reply(state::with(|state| {
        let counters = &state.counters;
        Writer::default().nat64(counters.heartbeats).nat64(counters.timers).nat64(counters.upgrades)
    }));
}

#[export_name = "canister_query version"]
fn version() {
    reply(Writer::default().text(VERSION));
}

/// Inserts, although the system undoes it.
#[export_name = "canister_query insert_in_query"]
fn insert_in_query() {
    reply(Writer::default().nat64(inserted()));
}

#[export_name = "canister_update insert_and_trap"]
fn insert_and_trap() {
    panic!("trapped after insertion, with {} values", inserted());
}

/// Inserts, which stays, although the caller is rejected.
#[export_name = "canister_update insert_and_reject"]
fn insert_and_reject() {
    ic0::reject(&format!("rejected after insertion, with {} values", inserted()));
}

#[export_name = "canister_update set_timer"]
fn set_timer() {
    let due = ic0::time() + arguments().nat64();
    state::with(|state| {
        state.due.push(&due).unwrap();
        ic0::set_global_timer(state.due.peek().unwrap());
    });
    reply(Writer::default());
}

#[export_name = "canister_update lock"]
fn lock() {
    state::with(|state| state.locked = true);
    reply(Writer::default());
}

#[export_name = "canister_update break_pre_upgrade"]
fn break_pre_upgrade() {
    state::with(|state| state.pre_upgrade_is_broken = true);
    reply(Writer::default());
}

// Calls. The `env` of a callback is a pointer to the name of the method that was called.

#[export_name = "canister_update relay"]
fn relay() {
    call_self(on_reply, on_reject);
}

/// Calls, and traps when the reply is there, so that the system calls the cleanup callback.
#[export_name = "canister_update relay_and_trap"]
fn relay_and_trap() {
    call_self(on_reply_trap, on_reject);
}

#[export_name = "canister_update relay_in_background"]
fn relay_in_background() {
    call_self(on_background_reply, on_background_reject);
    reply(Writer::default());
}

#[export_name = "canister_update random"]
fn random() {
    call(&[], "raw_rand", &Writer::default().finish(), (forward_reply, 0), (forward_reject, 0), None);
}

/// Calls a method of this canister, which the first argument names, with the other arguments.
fn call_self(on_reply: extern "C" fn(usize), on_reject: extern "C" fn(usize)) {
    let mut arguments = arguments();
    let (method, key, value) = (arguments.text(), arguments.text(), arguments.blob());
    state::with(|state| state.note(&format!("call {}", method)));
    let argument = Writer::default().text(&key).blob(&value).finish();
    let env = Box::into_raw(Box::new(method.clone())) as usize;
    call(&ic0::canister_self(), &method, &argument, (on_reply, env), (on_reject, env), Some((on_cleanup, env)));
}

fn call(
    canister: &[u8],
    method: &str,
    argument: &[u8],
    on_reply: ic0::Callback,
    on_reject: ic0::Callback,
    on_cleanup: Option<ic0::Callback>,
) {
    let sent = ic0::call(canister, method, argument, on_reply, on_reject, on_cleanup);
    assert!(sent, "the call was not sent");
}

/// Returns what `call_self` passed, and frees it.
fn taken(env: usize) -> String {
    // SAFETY: Of the callbacks of a call only one keeps its effects.
    *unsafe { Box::from_raw(env as *mut String) }
}

fn note_reply(env: usize) -> String {
    let line = format!("{} replied with {} bytes", taken(env), ic0::argument().len());
    state::with(|state| state.note(&line));
    line
}

fn note_reject(env: usize) -> String {
    let line = format!("{} rejected with code {}: {}", taken(env), ic0::reject_code(), ic0::reject_message());
    state::with(|state| state.note(&line));
    line
}

extern "C" fn on_reply(env: usize) {
    reply(Writer::default().text(&note_reply(env)));
}

extern "C" fn on_reject(env: usize) {
    reply(Writer::default().text(&note_reject(env)));
}

extern "C" fn on_reply_trap(env: usize) {
    panic!("trapped after a call: {}", note_reply(env));
}

extern "C" fn on_cleanup(env: usize) {
    let method = taken(env);
    state::with(|state| state.note(&format!("cleanup of {}", method)));
}

extern "C" fn on_background_reply(env: usize) {
    note_reply(env);
}

extern "C" fn on_background_reject(env: usize) {
    note_reject(env);
}

extern "C" fn forward_reply(_: usize) {
    ic0::reply(&ic0::argument());
}

extern "C" fn forward_reject(_: usize) {
    ic0::reject(&ic0::reject_message());
}
