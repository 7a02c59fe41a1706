//! The system API of a canister, declared by hand, and safe functions around it.

mod imports {
    #[link(wasm_import_module = "ic0")]
    extern "C" {
        pub fn accept_message();
        pub fn call_data_append(src: usize, size: usize);
        pub fn call_new(
            callee_src: usize,
            callee_size: usize,
            name_src: usize,
            name_size: usize,
            reply_fun: usize,
            reply_env: usize,
            reject_fun: usize,
            reject_env: usize,
        );
        pub fn call_on_cleanup(fun: usize, env: usize);
        pub fn call_perform() -> u32;
        pub fn canister_self_copy(dst: usize, offset: usize, size: usize);
        pub fn canister_self_size() -> usize;
        pub fn debug_print(src: usize, size: usize);
        pub fn global_timer_set(timestamp: u64) -> u64;
        pub fn msg_arg_data_copy(dst: usize, offset: usize, size: usize);
        pub fn msg_arg_data_size() -> usize;
        pub fn msg_method_name_copy(dst: usize, offset: usize, size: usize);
        pub fn msg_method_name_size() -> usize;
        pub fn msg_reject(src: usize, size: usize);
        pub fn msg_reject_code() -> u32;
        pub fn msg_reject_msg_copy(dst: usize, offset: usize, size: usize);
        pub fn msg_reject_msg_size() -> usize;
        pub fn msg_reply();
        pub fn msg_reply_data_append(src: usize, size: usize);
        pub fn stable64_read(dst: u64, offset: u64, size: u64);
        pub fn stable64_size() -> u64;
        pub fn time() -> u64;
        pub fn trap(src: usize, size: usize) -> !;
    }
}

/// Returns the bytes that a pair of functions, `…_size` and `…_copy`, provides.
fn copied(size: unsafe extern "C" fn() -> usize, copy: unsafe extern "C" fn(usize, usize, usize)) -> Vec<u8> {
    // SAFETY: The host writes to exactly these bytes.
    unsafe {
        let mut bytes = vec![0; size()];
        copy(bytes.as_mut_ptr() as usize, 0, bytes.len());
        bytes
    }
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

/// Returns the argument of a method, or in a reply callback the reply.
pub fn argument() -> Vec<u8> {
    copied(imports::msg_arg_data_size, imports::msg_arg_data_copy)
}

pub fn method_name() -> String {
    text(copied(imports::msg_method_name_size, imports::msg_method_name_copy))
}

pub fn canister_self() -> Vec<u8> {
    copied(imports::canister_self_size, imports::canister_self_copy)
}

pub fn reject_message() -> String {
    text(copied(imports::msg_reject_msg_size, imports::msg_reject_msg_copy))
}

pub fn reject_code() -> u32 {
    unsafe { imports::msg_reject_code() }
}

pub fn accept_message() {
    unsafe { imports::accept_message() }
}

pub fn reply(bytes: &[u8]) {
    unsafe {
        imports::msg_reply_data_append(bytes.as_ptr() as usize, bytes.len());
        imports::msg_reply();
    }
}

pub fn reject(message: &str) {
    unsafe { imports::msg_reject(message.as_ptr() as usize, message.len()) }
}

pub fn trap(message: &str) -> ! {
    unsafe { imports::trap(message.as_ptr() as usize, message.len()) }
}

pub fn debug_print(message: &str) {
    unsafe { imports::debug_print(message.as_ptr() as usize, message.len()) }
}

/// Returns the time in nanoseconds since 1970.
pub fn time() -> u64 {
    unsafe { imports::time() }
}

pub fn set_global_timer(timestamp: u64) {
    unsafe { imports::global_timer_set(timestamp) };
}

/// Reads one byte that is beyond the end of stable memory, which traps.
pub fn read_beyond_the_end() -> u8 {
    let mut byte = 0u8;
    unsafe { imports::stable64_read(&mut byte as *mut u8 as u64, imports::stable64_size() * 65536, 1) };
    byte
}

/// A callback and its `env`.
pub type Callback = (extern "C" fn(usize), usize);

/// Calls a method of a canister. Returns false if the system does not send the call.
pub fn call(
    canister: &[u8],
    method: &str,
    argument: &[u8],
    on_reply: Callback,
    on_reject: Callback,
    on_cleanup: Option<Callback>,
) -> bool {
    unsafe {
        imports::call_new(
            canister.as_ptr() as usize,
            canister.len(),
            method.as_ptr() as usize,
            method.len(),
            on_reply.0 as usize,
            on_reply.1,
            on_reject.0 as usize,
            on_reject.1,
        );
        if let Some((function, env)) = on_cleanup {
            imports::call_on_cleanup(function as usize, env);
        }
        imports::call_data_append(argument.as_ptr() as usize, argument.len());
        imports::call_perform() == 0
    }
}
