//! Reads and writes lines of JSON. Byte strings are in hex.

use serde_json::Value;
use std::io::{stdin, stdout, BufRead, Write};

/// Passes each line of standard input to `step`, and writes a line for each answer.
pub fn answer_each<S>(mut session: S, step: fn(&mut S, &Value) -> Option<Value>) {
    let mut out = stdout().lock();
    for line in stdin().lock().lines() {
        let line = line.expect("standard input can be read");
        let json = serde_json::from_str(&line).expect("a step is a line of JSON");
        if let Some(answer) = step(&mut session, &json) {
            writeln!(out, "{answer}").expect("standard output can be written");
        }
    }
}

pub fn number(json: &Value, field: &str) -> u64 {
    json[field].as_u64().unwrap_or_else(|| panic!("{field} is not a number in {json}"))
}

pub fn text<'a>(json: &'a Value, field: &str) -> &'a str {
    json[field].as_str().unwrap_or_else(|| panic!("{field} is not a text in {json}"))
}

pub fn bytes(json: &Value, field: &str) -> Vec<u8> {
    text(json, field).as_bytes().chunks(2).map(|pair| (digit(pair[0]) << 4) | digit(pair[1])).collect()
}

fn digit(letter: u8) -> u8 {
    char::from(letter).to_digit(16).expect("a hex digit") as u8
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
