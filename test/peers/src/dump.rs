//! Saves values as upgrade hooks do: CBOR of `ciborium`, through the library's own `Writer`.
//!
//! | step                           | does                                                                                             |
//! |--------------------------------|--------------------------------------------------------------------------------------------------|
//! | `manage` bucketPages           | puts a memory manager over the image                                                             |
//! | `dump` framing, value, memory  | writes a length of 0, 4 or 8 bytes (`none`, `u32`, `u64`) and the value, to the image or a memory |
//! | `store` image                  | writes the image to a file                                                                       |

use crate::json::{number, text};
use ic_stable_structures::memory_manager::{MemoryId, MemoryManager};
use ic_stable_structures::writer::Writer;
use ic_stable_structures::Memory;
use serde_json::{json, Value};
use std::cell::RefCell;
use std::io::Write;
use std::rc::Rc;

#[derive(Default)]
pub struct Session {
    image: Rc<RefCell<Vec<u8>>>,
    manager: Option<MemoryManager<Rc<RefCell<Vec<u8>>>>>,
}

impl Session {
    /// Runs a step. The answer to a dump is the length of the value.
    pub fn step(&mut self, step: &Value) -> Option<Value> {
        match text(step, "do") {
            "manage" => {
                let pages = number(step, "bucketPages") as u16;
                self.manager = Some(MemoryManager::init_with_bucket_size(self.image.clone(), pages));
            }
            "store" => std::fs::write(text(step, "image"), &*self.image.borrow()).expect("the image can be written"),
            "dump" => {
                let mut value = Vec::new();
                ciborium::into_writer(&step["value"], &mut value).expect("a JSON value can be written as CBOR");
                match (&self.manager, step["memory"].as_u64()) {
                    (Some(manager), Some(id)) => save(manager.get(MemoryId::new(id as u8)), text(step, "framing"), &value),
                    _ => save(self.image.clone(), text(step, "framing"), &value),
                }
                return Some(json!({ "pages": self.image.borrow().len() / 65536, "sha256": "", "results": [value.len()] }));
            }
            _ => panic!("there is no such step: {step}"),
        }
        None
    }
}

fn save(mut memory: impl Memory, framing: &str, value: &[u8]) {
    let mut writer = Writer::new(&mut memory, 0);
    match framing {
        "u32" => writer.write_all(&(value.len() as u32).to_le_bytes()).expect("the memory grows"),
        "u64" => writer.write_all(&(value.len() as u64).to_le_bytes()).expect("the memory grows"),
        _ => {}
    }
    writer.write_all(value).expect("the memory grows");
}
